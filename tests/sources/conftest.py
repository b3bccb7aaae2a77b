"""Fixtures that serve and fetch on loopback."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.secret import Secret
from monitor.sources.fetch import Fetcher
from monitor.sources.outcomes import FetchRequest, Validators
from tests.sources.loopback import NONE, NOW, Fetch, Respond, Serve, Visit
from tests.sources.loopback import serve as serving


@pytest.fixture
def serve() -> Serve:
    return serving


@pytest.fixture
def fetch() -> Fetch:
    """Serve one answer to every request on loopback and fetch from there once."""

    def visit(
        answer: bytes | Respond,
        path: str = "/feed",
        *,
        user: str = "",
        validators: Validators = NONE,
        headers: tuple[tuple[str, Secret], ...] = (),
        deadline: float = 20.0,
        max_bytes: int = 1_000_000,
    ) -> Visit:
        async def once() -> Visit:
            fetcher = Fetcher(lambda: NOW)
            async with serving(answer) as site:
                request = FetchRequest(
                    site.url(path).replace("://", f"://{user}"),
                    validators,
                    headers,
                    allow_networks=("127.0.0.0/8",),
                    deadline=timedelta(seconds=deadline),
                    max_bytes=max_bytes,
                )
                begun = asyncio.get_running_loop().time()
                try:
                    outcome = await fetcher.fetch(request)
                finally:
                    await fetcher.aclose()
                return Visit(outcome, site, asyncio.get_running_loop().time() - begun)

        return asyncio.run(once())

    return visit
