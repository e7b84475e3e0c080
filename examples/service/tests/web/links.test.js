import { age, client, problem, rows } from "../../web/links.js";

const NOW = new Date("2025-06-01T12:00:00Z");

function answering(status, body) {
  const calls = [];
  const fetch = async (path, options) => {
    calls.push({ path, ...options });
    return new Response(status === 204 ? null : body, { status });
  };
  return { api: client(fetch), calls };
}

describe("what somebody types", () => {
  test.each(["https://example.com", "http://127.0.0.1:9898/a?b=c#d", "HTTPS://EXAMPLE.COM"])("%s is an address", (url) => {
    expect(problem(url, "")).toBe("");
  });

  test.each(["", "example.com", "javascript:alert(1)", "https://", "https://a b"])("%p is none", (url) => {
    expect(problem(url, "")).toMatch(/^The address must/);
  });

  test("an address may have 2048 characters and no more", () => {
    const longest = `https://example.com/${"a".repeat(2028)}`;
    expect(problem(longest, "")).toBe("");
    expect(problem(`${longest}a`, "")).toMatch(/^The address must/);
  });

  test.each(["ab", "a b c", "a/b/c", "a".repeat(33)])("%p is no code", (code) => {
    expect(problem("https://example.com", code)).toMatch(/^The code must/);
  });
});

describe("the age of a link", () => {
  test.each([
    ["2025-06-01T11:59:01Z", "just now"],
    ["2025-06-01T12:00:05Z", "just now"],
    ["2025-06-01T11:59:00Z", "1 min"],
    ["2025-06-01T09:00:00+00:00", "3 h"],
    ["2025-05-30T12:00:00Z", "2 d"],
  ])("made at %s: %s", (created, expected) => {
    expect(age(created, NOW)).toBe(expected);
  });
});

test("a row leads through the service, so that the visit counts", () => {
  const link = { code: "docs", url: "https://example.com", created_at: "2025-06-01T11:00:00Z", visits: 3 };
  expect(rows([link], NOW)).toEqual([{ code: "docs", path: "/s/docs", url: "https://example.com", age: "1 h", visits: 3 }]);
});

describe("the service's API", () => {
  test("a code that was left empty is not sent", async () => {
    const { api, calls } = answering(201, '{"code": "x1y2z3a"}');
    await expect(api.create("https://example.com", "")).resolves.toEqual({ code: "x1y2z3a" });
    expect(calls[0]).toMatchObject({ path: "/api/links", method: "POST", body: '{"url":"https://example.com"}' });
  });

  test("a code that was typed is sent", async () => {
    const { api, calls } = answering(201, "{}");
    await api.create("https://example.com", "docs");
    expect(JSON.parse(calls[0].body)).toEqual({ url: "https://example.com", code: "docs" });
  });

  test("lists, and tells the version", async () => {
    await expect(answering(200, '{"links": []}').api.list()).resolves.toEqual([]);
    await expect(answering(200, '{"version": "1.2.3"}').api.version()).resolves.toBe("1.2.3");
  });

  test("an answer without a body is fine", async () => {
    const { api, calls } = answering(204);
    await api.remove("docs");
    expect(calls[0]).toEqual({ path: "/api/links/docs", method: "DELETE" });
  });

  test("an error says what the service said", async () => {
    const { api } = answering(409, '{"error": "code = docs: is taken"}');
    await expect(api.create("https://example.com", "docs")).rejects.toThrow("code = docs: is taken");
  });

  test("an error that is no JSON says its status", async () => {
    await expect(answering(502, "<html>").api.list()).rejects.toThrow("The service answers 502.");
  });

  test("a service that is away is said to be away", async () => {
    const api = client(async () => {
      throw new TypeError("fetch failed");
    });
    await expect(api.list()).rejects.toThrow("The service cannot be reached.");
  });
});
