"""The page inside the new instructor dashboard: what tutor-mfe makes of our entry in the dashboard's slot of routes."""

from __future__ import annotations

import re
from importlib.metadata import files

import pytest

CUSTOM_APP = "plugins/mfe/build/mfe/site/src/customApp.tsx"
WITHOUT_THE_DASHBOARD = """
from tutormfe.hooks import FRONTEND_APPS

@FRONTEND_APPS.add()
def _without(apps):
    apps["instructor-dashboard"]["enabled"] = False
    return apps
"""
ANOTHER_PLUGIN = """
from tutor import hooks
from tutormfe.hooks import FRONTEND_SLOTS

hooks.Filters.ENV_PATCHES.add_items([
    ("mfe-site-custom-app-imports", "import { WidgetOperationTypes } from '@openedx/frontend-base';"),
    ("mfe-site-custom-app-definitions", "const Another = () => null;"),
])
FRONTEND_SLOTS.add_item("{ slotId: 'another', id: 'another', op: WidgetOperationTypes.APPEND, component: Another }")
"""


@pytest.fixture
def with_mfe(tutor, rendered_with_mfe):
    tutor.copy(rendered_with_mfe)
    return tutor


def slot_operations(text):
    return re.findall(r"^addSlot\(customApp, (.*?)\);$", text, re.MULTILINE | re.DOTALL)


def test_the_page_is_in_the_slot_of_routes(with_mfe):
    [operation] = slot_operations(with_mfe.rendered(CUSTOM_APP))
    assert "slotId: 'org.openedx.frontend.slot.instructorDashboard.routes.v1'" in operation
    assert 'element: <LearnerDataRoute tabId="learner_data" content={<LearnerDataFrame />} />' in operation
    assert operation.count("{") == operation.count("}")


def test_whatever_the_operation_names_is_imported_or_defined_once(with_mfe):
    text = with_mfe.rendered(CUSTOM_APP)
    for name in ("LearnerDataBase", "LearnerDataReact", "LearnerDataRouter"):
        assert len(re.findall(rf"^import \* as {name} from '[a-z@/-]+';$", text, re.MULTILINE)) == 1
    for name in ("function LearnerDataFrame", "const LearnerDataRoute"):
        assert len(re.findall(rf"^{name}\b", text, re.MULTILINE)) == 1
    assert "{{" not in text


def test_definitions_come_before_what_uses_them(with_mfe):
    text = with_mfe.rendered(CUSTOM_APP)
    order = ["import * as LearnerDataReact", "const customApp", "function LearnerDataFrame", "addSlot(customApp"]
    assert sorted(order, key=text.index) == order


def test_the_frame_checks_where_messages_come_from_and_names_where_they_go(with_mfe):
    text = with_mfe.rendered(CUSTOM_APP)
    assert "event.origin !== origin" in text
    assert "event.source !== frame.current.contentWindow" in text
    assert re.findall(r"postMessage\([^;]*, (\S+)\);", text) == ["origin"]


def test_the_tab_leads_to_it(with_mfe):
    assert with_mfe.plugin_setting({"LEARNER_DATA_PLUGIN": {"TAB_IN_DASHBOARD": False, "QUEUE": None}}) == {
        "TAB_IN_DASHBOARD": True,
        "QUEUE": None,
    }


def test_the_dashboard_may_frame_the_page_because_the_lms_knows_its_address(with_mfe):
    with_mfe.save(ENABLE_HTTPS="true", LMS_HOST="lms.example.com")
    assert with_mfe.lms_settings()["INSTRUCTOR_MICROFRONTEND_URL"] == "https://apps.lms.example.com/instructor-dashboard"


def test_a_site_can_have_the_tab_lead_to_the_page_on_its_own(with_mfe):
    with_mfe.save(LEARNER_DATA_IN_DASHBOARD="false")
    assert "LEARNER_DATA_PLUGIN" not in with_mfe.lms_settings()


def test_what_the_site_sets_itself_wins(with_mfe):
    with_mfe.save(LEARNER_DATA_SETTINGS='{"TAB_IN_DASHBOARD": false, "RETENTION_DAYS": 30}')
    assert with_mfe.plugin_setting({}) == {"TAB_IN_DASHBOARD": False, "RETENTION_DAYS": 30}


def test_without_the_dashboard_the_tab_leads_to_the_page_on_its_own(with_mfe):
    with_mfe.add_plugin("without", WITHOUT_THE_DASHBOARD)
    assert "LEARNER_DATA_PLUGIN" not in with_mfe.lms_settings()


def test_without_tutor_mfe_nothing_changes(enabled):
    assert "LEARNER_DATA_PLUGIN" not in enabled.lms_settings()
    assert not (enabled.root / "env" / CUSTOM_APP).exists()


def test_entries_of_other_plugins_stand_beside_ours(with_mfe):
    with_mfe.add_plugin("another", ANOTHER_PLUGIN)
    text = with_mfe.rendered(CUSTOM_APP)
    assert len(slot_operations(text)) == 2
    imported = re.findall(r"^import (?:\* as (\w+)|\{ ([\w, ]+) \}) from", text, re.MULTILINE)
    names = [name for star, several in imported for name in (star or several).split(", ")]
    assert len(names) == len(set(names))


def test_nothing_is_left_when_it_is_disabled(with_mfe):
    with_mfe("plugins", "disable", "learner-data")
    with_mfe.save()
    texts = [path.read_text(errors="replace") for path in (with_mfe.root / "env").rglob("*") if path.is_file()]
    assert not [text for text in texts if "LearnerData" in text or "learner_data" in text]


def test_the_native_panel_is_installed_where_the_site_names_it(with_mfe):
    site = "plugins/mfe/build/mfe/site/site.config.build.tsx"
    assert "frontend-app-learner-data" not in with_mfe.rendered(site) + with_mfe.rendered("plugins/mfe/build/mfe/Dockerfile")
    with_mfe.save(LEARNER_DATA_PANEL_PACKAGE="frontend-app-learner-data@^1.0.0")
    for config in (site, site.replace("config.build", "config.dev")):
        text = with_mfe.rendered(config)
        assert "import learnerDataPanel from 'frontend-app-learner-data';" in text
        assert text.index("addApp(siteConfig, learnerDataPanel)") < text.index("export default siteConfig")
    dockerfile = with_mfe.rendered("plugins/mfe/build/mfe/Dockerfile")
    assert dockerfile.index("'frontend-app-learner-data@^1.0.0'") < dockerfile.index("npm run build:packages")


def test_the_frame_is_in_the_package():
    assert "tutorlearnerdata/dashboard_frame.tsx" in [str(path) for path in files("tutor-contrib-learner-data") or ()]
