"""Counts visits in this process, and writes them to the store once in a while: a redirect waits for no write."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter

from shortlinks.store import NotReadyError, Store

SECONDS = 1.0
_log = logging.getLogger(__name__)


class Visits:
    """A process that is killed, not stopped, loses the visits of its last second."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: Counter[str] = Counter()
        self._stopped = asyncio.Event()

    def count(self, code: str) -> None:
        """One more visit."""
        self._counted[code] += 1

    async def write(self) -> None:
        """Writes what was counted; keeps it for the next time where the store is not ready."""
        taken, self._counted = self._counted, Counter()
        if not taken:
            return
        try:
            await self._store.add_visits(taken)
        except NotReadyError as error:
            self._counted.update(taken)
            _log.warning("visits of %d links are not written yet: %s", len(taken), error)

    async def keep_writing(self) -> None:
        """Writes every second, and a last time when it is stopped."""
        stopped = False
        while not stopped:
            with contextlib.suppress(TimeoutError):
                stopped = await asyncio.wait_for(self._stopped.wait(), SECONDS)
            await self.write()

    def stop(self) -> None:
        """Ends ``keep_writing``."""
        self._stopped.set()
