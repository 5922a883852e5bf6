"""The page inside the new instructor dashboard: what Tutor builds into the site of the micro-frontends, where it has one."""

from __future__ import annotations

from importlib.resources import files

from tutor import hooks

# Names of our own, since other plugins import into the same file.
IMPORTS = """
import * as LearnerDataBase from '@openedx/frontend-base';
import * as LearnerDataReact from 'react';
import * as LearnerDataRouter from 'react-router-dom';
"""

DEFINITIONS = "\n" + (files("tutorlearnerdata") / "dashboard_frame.tsx").read_text(encoding="utf-8")

SLOT_OPERATION = """{
  slotId: 'org.openedx.frontend.slot.instructorDashboard.routes.v1',
  id: 'learner_data_plugin.widget.instructorDashboard.route.learner_data',
  op: LearnerDataBase.WidgetOperationTypes.APPEND,
  element: <LearnerDataRoute tabId="learner_data" content={<LearnerDataFrame />} />,
}"""


# The native panel is a package of its own, and comes before the page in a frame where it is installed.
PANEL_INSTALL = """
{% if LEARNER_DATA_PANEL_PACKAGE %}
RUN npm install --no-audit --no-fund --registry=$NPM_REGISTRY '{{ LEARNER_DATA_PANEL_PACKAGE }}'
{% endif %}
"""
PANEL_IMPORT = """
{% if LEARNER_DATA_PANEL_PACKAGE %}
import learnerDataPanel from 'frontend-app-learner-data';
{% endif %}
"""
PANEL_APP = """
{% if LEARNER_DATA_PANEL_PACKAGE %}
addApp(siteConfig, learnerDataPanel);
{% endif %}
"""


def put_page_into_dashboard() -> None:
    """Have the page in the dashboard's slot of routes; without a tutor-mfe that has slots for the new frontends, do nothing."""
    try:
        from tutormfe.hooks import FRONTEND_SLOTS
    except ImportError:
        return
    FRONTEND_SLOTS.add_item(SLOT_OPERATION)
    hooks.Filters.ENV_PATCHES.add_items(
        [
            ("mfe-site-custom-app-imports", IMPORTS),
            ("mfe-site-custom-app-definitions", DEFINITIONS),
            ("mfe-dockerfile-post-npm-install-site", PANEL_INSTALL),
            ("mfe-site-config-imports", PANEL_IMPORT),
            ("mfe-site-config", PANEL_APP),
        ]
    )
