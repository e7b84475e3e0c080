// What the page knows of links. Nothing here touches the page, so that it is tested without one.

const CODE = /^[A-Za-z0-9_-]{3,32}$/;
const MOST_CHARACTERS = 2048;
const UNITS = [
  ["d", 86400],
  ["h", 3600],
  ["min", 60],
];

/** What is wrong with what somebody typed, or "". The service has the last word. */
export function problem(url, code) {
  if (!isWebAddress(url)) {
    return "The address must begin with http:// or https://.";
  }
  if (code && !CODE.test(code)) {
    return "The code must be 3 to 32 letters, digits, - and _.";
  }
  return "";
}

function isWebAddress(text) {
  if (text.length > MOST_CHARACTERS || /\s/.test(text) || !/^https?:\/\//i.test(text)) {
    return false;
  }
  return URL.canParse(text);
}

/** How long ago `created` (ISO 8601) was at `now` (a Date): "just now", "5 min", "3 h", "2 d". */
export function age(created, now) {
  const seconds = (now.getTime() - Date.parse(created)) / 1000;
  for (const [unit, length] of UNITS) {
    if (seconds >= length) {
      return `${Math.floor(seconds / length)} ${unit}`;
    }
  }
  return "just now";
}

/** The cells of the table, a row for each link. */
export function rows(links, now) {
  return links.map((link) => ({
    code: link.code,
    path: `/s/${encodeURIComponent(link.code)}`,
    url: link.url,
    age: age(link.created_at, now),
    visits: link.visits,
  }));
}

/** The service's API by `fetch`. Each call gives the answer's JSON, or throws an Error with a sentence for people. */
export function client(fetch) {
  async function call(path, options = {}) {
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      throw new Error("The service cannot be reached.");
    }
    const body = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok) {
      throw new Error(body.error ?? `The service answers ${answer.status}.`);
    }
    return body;
  }
  return {
    version: async () => (await call("/version")).version,
    list: async () => (await call("/api/links?limit=20")).links,
    create: (url, code) =>
      call("/api/links", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(code ? { url, code } : { url }),
      }),
    remove: (code) => call(`/api/links/${encodeURIComponent(code)}`, { method: "DELETE" }),
  };
}
