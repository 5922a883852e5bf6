"""A search of the forum that keeps nothing and finds nothing: its own two need a server each."""

from __future__ import annotations

from typing import Any

from forum.search import base


class _Documents(base.BaseDocumentSearchBackend):
    def index_document(self, index_name: str, doc_id: str | int, document: dict[str, Any]) -> None:
        """Keep nothing."""

    def update_document(self, index_name: str, doc_id: str | int, update_data: dict[str, Any]) -> None:
        """Change nothing."""

    def delete_document(self, index_name: str, doc_id: str | int) -> None:
        """Delete nothing."""


class SearchBackend(base.BaseSearchBackend):
    """For FORUM_SEARCH_BACKEND."""

    DOCUMENT_SEARCH_CLASS = _Documents
    INDEX_SEARCH_CLASS = base.BaseIndexSearchBackend
    THREAD_SEARCH_CLASS = base.BaseThreadSearchBackend
