// Ties the page to the service. What can be thought without a page is in links.js.

import { client, problem, rows } from "./links.js";

const api = client(window.fetch.bind(window));
const form = document.querySelector("#form");
const message = document.querySelector("#message");

function say(text, isError = false) {
  message.textContent = text;
  message.classList.toggle("error", isError);
}

function cell(content) {
  const made = document.createElement("td");
  made.append(content);
  return made;
}

function anchor(href, text) {
  const made = document.createElement("a");
  made.href = href;
  made.rel = "noreferrer";
  made.textContent = text;
  return made;
}

function button(code) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = "Remove";
  made.setAttribute("aria-label", `Remove ${code}`);
  made.addEventListener("click", () =>
    attempt(async () => {
      await api.remove(code);
      say(`Removed ${code}.`);
    }),
  );
  return made;
}

function row(one) {
  const made = document.createElement("tr");
  made.append(
    cell(anchor(one.path, one.code)),
    cell(anchor(one.url, one.url)),
    cell(one.age),
    cell(String(one.visits)),
    cell(button(one.code)),
  );
  return made;
}

async function show() {
  const links = rows(await api.list(), new Date());
  document.querySelector("#links").replaceChildren(...links.map(row));
}

async function attempt(action) {
  try {
    await action();
    await show();
  } catch (error) {
    say(error.message, true);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { url, code } = Object.fromEntries(new FormData(form));
  const wrong = problem(url, code);
  if (wrong) {
    say(wrong, true);
    return;
  }
  attempt(async () => {
    const link = await api.create(url, code);
    form.reset();
    say(`Made ${link.code}.`);
  });
});

attempt(async () => {
  document.querySelector("#version").textContent = await api.version();
});
