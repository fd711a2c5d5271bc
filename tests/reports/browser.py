"""A real Chromium for the tests, driven over its own debugging pipe: no port, no network, no driver package."""

from __future__ import annotations

import base64
import json
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")

_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)
_PATIENCE_S = 60.0


class Chromium:
    """One browser process. A context manager; `open` gives pages."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        assert BROWSER is not None
        spare = [os.open(os.devnull, os.O_RDONLY) for _ in range(8)]  # the browser's own two are 3 and 4: keep off them
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        os.set_inheritable(to_read, True)
        os.set_inheritable(to_write, True)

        def place() -> None:
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        self._process = subprocess.Popen(
            [BROWSER, *_QUIET, f"--user-data-dir={self._profile}"],
            preexec_fn=place,
            pass_fds=(3, 4),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for handle in (to_read, to_write, *spare):
            os.close(handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(timeout=10)
        os.close(self._write)
        os.close(self._read)

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One command and its answer; what the browser says in between is kept in `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        self._put(json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _PATIENCE_S
        while True:
            answer = self._next(end)
            if answer.get("id") != self._number:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error'].get('message')}")
            result: dict[str, Any] = answer["result"]
            return result

    def wait_for(self, method: str, session: str) -> None:
        """Until the page has said so."""
        end = time.monotonic() + _PATIENCE_S
        while not any(event.get("method") == method and event.get("sessionId") == session for event in self.events):
            self.events.append(self._next(end))

    @contextmanager
    def open(
        self,
        url: str,
        *,
        dark: bool = False,
        media: str = "",
        width: int = 1100,
        height: int = 900,
        scripts: bool = False,
    ) -> Iterator[Page]:
        """One page in its own tab. ``scripts``: only the tests' own; the pages of the report have none."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(browser=self, session=session)
        try:
            for domain in ("Page", "Runtime", "Log", "Network"):
                page.send(f"{domain}.enable")
            page.look(dark=dark, media=media, width=width, height=height)
            page.send("Emulation.setScriptExecutionDisabled", value=not scripts)
            self.events.clear()
            page.send("Page.navigate", url=url)
            self.wait_for("Page.loadEventFired", session)
            yield page
        finally:
            self.send("Target.closeTarget", targetId=target)

    def _put(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._write, data) :]

    def _next(self, end: float) -> dict[str, Any]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._read, selectors.EVENT_READ)
            while b"\0" not in self._rest:
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise TimeoutError("the browser does not answer")
                chunk = os.read(self._read, 1 << 20)
                if not chunk:
                    raise RuntimeError("the browser has gone")
                self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found


@dataclass(kw_only=True)
class Page:
    """One open page."""

    browser: Chromium
    session: str

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command to this page."""
        return self.browser.send(method, self.session, **params)

    def look(self, *, dark: bool, width: int, height: int = 900, media: str = "") -> None:
        """The window, and what the reader's system prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def run(self, script: str) -> Any:
        """What a script of the test's comes to, promises awaited. The page's own policy does not bind the debugger."""
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"].get("exception", {}).get("description"))[:500])
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """Console lines, violations of the page's policy, requests that failed."""
        said = []
        for event in self.browser.events:
            method, params = event.get("method"), event.get("params", {})
            if event.get("sessionId") != self.session:
                continue
            if method == "Log.entryAdded":
                said.append(str(params["entry"]["text"]))
            elif method == "Runtime.consoleAPICalled" or method == "Runtime.exceptionThrown":
                said.append(str(params)[:300])
            elif method == "Network.loadingFailed":
                said.append(f"not loaded: {params.get('blockedReason') or params.get('errorText')}")
        return said

    def requests(self) -> list[str]:
        """Every address that the page asked for, data addresses cut short."""
        return [
            str(event["params"]["request"]["url"])[:120]
            for event in self.browser.events
            if event.get("method") == "Network.requestWillBeSent" and event.get("sessionId") == self.session
        ]

    def shot(self, path: Path, *, whole: bool = True) -> None:
        """A screenshot of the whole page."""
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self, path: Path) -> None:
        """The page on paper."""
        data = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        path.write_bytes(base64.b64decode(data))
