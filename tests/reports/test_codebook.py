"""The codebook of a report."""

from __future__ import annotations

import csv

from learner_data_plugin.reports.codebook import codebook_lines


def rows(*keys):
    return list(csv.reader(codebook_lines(keys)))


def test_says_of_each_column_in_their_order_what_it_is_and_where_it_comes_from():
    header, gender, username = rows("gender", "username")
    assert header == ["column", "label", "description", "source"]
    assert gender[:2] == ["gender", "Gender"]
    assert gender[3] == "auth_userprofile.gender"
    assert username == [
        "username", "Username", "The public name of the account; it cannot be changed.", "auth_user.username",
    ]  # fmt: skip


def test_says_which_ids_those_of_a_research_export_are():
    _header, row = rows("anonymized_id")
    assert row[1::2] == ["Anonymized ID", "student_anonymoususerid.anonymous_user_id"]


def test_a_column_of_a_sites_own_that_is_gone_is_there_by_its_key():
    assert rows("shoe size")[1] == ["shoe size", "shoe size", "A value that this site has added.", ""]
