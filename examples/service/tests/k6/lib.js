// What the four scenarios share: where they may go, and what a visitor does. Every run is bounded in time and in requests.

import { check } from "k6";
import exec from "k6/execution";
import http from "k6/http";

const BASE = (__ENV.BASE_URL || "http://127.0.0.1:9898").replace(/\/+$/, "");
const WRITES_OF_100 = 10;
const LISTS_OF_100 = 10;
const CODES = 20;
const JSON_BODY = { headers: { "Content-Type": "application/json" } };

if (!/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(BASE)) {
  throw new Error(`BASE_URL = ${BASE}: must be on 127.0.0.1, such as http://127.0.0.1:9898; load is for this machine only`);
}

// A 404 or a 503 is a failed request; a redirect is what is looked at, and not followed.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }));

/** Requests arrive at these rates, whether the service keeps up or not. `stages` are pairs of seconds and requests a second. */
export function arriving(startRate, stages, limits) {
  return {
    scenarios: {
      visitors: {
        executor: "ramping-arrival-rate",
        startRate,
        timeUnit: "1s",
        preAllocatedVUs: 50,
        maxVUs: 200,
        gracefulStop: "5s",
        stages: stages.map(([seconds, target]) => ({ duration: `${seconds}s`, target })),
      },
    },
    thresholds: thresholds(limits),
    summaryTrendStats: ["avg", "med", "p(95)", "p(99)", "max"],
  };
}

/** What a run must keep to: the part that may fail, and milliseconds for 95 of 100 requests. */
export function thresholds({ failed, p95 }) {
  return {
    checks: [`rate>=${1 - failed}`],
    http_req_failed: [`rate<=${failed}`],
    http_req_duration: [`p(95)<${p95}`],
  };
}

/** Makes the links that visitors follow; gives their codes. Ends the run where the service is not ready. */
export function setup() {
  const ready = http.get(`${BASE}/readyz`);
  if (ready.status !== 200) {
    exec.test.abort(`${BASE}/readyz answers ${ready.status}: ${ready.body}`);
  }
  return Array.from({ length: CODES }, () => create());
}

/** One request: of 100, 10 make a link, 10 list links, and 80 follow one. */
export function visit(codes) {
  const turn = exec.scenario.iterationInTest % 100;
  if (turn < WRITES_OF_100) {
    create();
  } else if (turn < WRITES_OF_100 + LISTS_OF_100) {
    const answer = http.get(`${BASE}/api/links`, { tags: { name: "list" } });
    check(answer, { "links are listed": (it) => it.status === 200 && it.json("links").length > 0 });
  } else {
    follow(codes[turn % codes.length]);
  }
}

/** Everything that somebody can do, one after the other. */
export function tour() {
  const version = http.get(`${BASE}/version`, { tags: { name: "version" } });
  check(version, { "the version is told": (it) => it.status === 200 && it.json("version") !== "" });
  check(http.get(`${BASE}/`, { tags: { name: "page" } }), { "the page is there": (it) => it.status === 200 });
  const code = create();
  follow(code);
  const removed = http.del(`${BASE}/api/links/${code}`, null, { tags: { name: "remove" } });
  check(removed, { "a link is removed": (it) => it.status === 204 });
}

function create() {
  const answer = http.post(`${BASE}/api/links`, JSON.stringify({ url: `${BASE}/healthz` }), {
    ...JSON_BODY,
    tags: { name: "create" },
  });
  check(answer, { "a link is made": (it) => it.status === 201 });
  return answer.status === 201 ? answer.json("code") : "";
}

function follow(code) {
  const answer = http.get(`${BASE}/s/${code}`, { redirects: 0, tags: { name: "follow" } });
  check(answer, { "a link leads on": (it) => it.status === 302 });
}
