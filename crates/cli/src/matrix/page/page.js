"use strict";
(() => {
  const details = JSON.parse(document.getElementById("details").textContent);
  const table = document.querySelector("table");
  const form = document.querySelector("form");
  const dialog = document.querySelector("dialog");
  const titles = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  // Before the cells stand the rule and what it matches.
  const BEFORE = 2;

  // Filters.

  const lower = (element) => element.textContent.toLowerCase();
  const texts = rows.map((row) => `${lower(row.cells[0])}\n${lower(row.cells[1])}`);
  const isRole = (title) => "role" in title.dataset;
  const isShown = (element) => !element.hidden;

  function filter() {
    const [rule, role] = ["rules", "roles"].map((name) => form.elements[name].value.trim().toLowerCase());
    rows.forEach((row, index) => {
      row.hidden = !texts[index].includes(rule);
    });
    titles.forEach((title, column) => {
      const hidden = isRole(title) && !lower(title).includes(role);
      if (title.hidden === hidden) return;
      title.hidden = hidden;
      for (const row of rows) row.cells[column].hidden = hidden;
    });
    const roles = titles.filter(isRole);
    const shown = rows.filter(isShown).length;
    document.querySelector(".nothing").hidden = shown > 0;
    form.querySelector("output").value = rule || role
      ? `${shown} of ${rows.length} rows, ${roles.filter(isShown).length} of ${roles.length} roles`
      : "";
    choose(0, 0);
  }

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());

  // One cell takes part in tabbing; keys choose which one.

  let chosen = null;

  /** Chooses a cell, counted among those that are shown; at the edges, the last one there is. */
  function choose(down, right) {
    const at = (list, index) => list[Math.max(0, Math.min(index, list.length - 1))];
    const row = at(rows.filter(isShown), down);
    const cell = row && at([...row.cells].slice(BEFORE).filter(isShown), right);
    if (chosen) chosen.tabIndex = -1;
    chosen = cell ? cell.firstElementChild : null;
    if (chosen) chosen.tabIndex = 0;
  }

  const PAGE = 10;
  const END = Infinity;
  const KEYS = {
    ArrowUp: (down, right) => [down - 1, right],
    ArrowDown: (down, right) => [down + 1, right],
    ArrowLeft: (down, right) => [down, right - 1],
    ArrowRight: (down, right) => [down, right + 1],
    PageUp: (down, right) => [down - PAGE, right],
    PageDown: (down, right) => [down + PAGE, right],
    Home: (down, _, all) => [all ? 0 : down, 0],
    End: (down, _, all) => [all ? END : down, END],
  };

  table.addEventListener("keydown", (event) => {
    const key = KEYS[event.key];
    if (!key || !event.target.matches("td button")) return;
    event.preventDefault();
    const [cell, row] = [event.target.parentElement, event.target.closest("tr")];
    const right = [...row.cells].slice(BEFORE).filter(isShown).indexOf(cell);
    choose(...key(rows.filter(isShown).indexOf(row), right, event.ctrlKey || event.metaKey));
    chosen.focus();
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  let here = null;
  function mark(event) {
    const cell = event.target.closest("td");
    here?.classList.remove("here");
    here = cell && cell.cellIndex >= BEFORE ? titles[cell.cellIndex] : null;
    here?.classList.add("here");
  }
  table.addEventListener("mouseover", mark);
  table.addEventListener("focusin", mark);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || dialog.open || event.target.matches("input")) return;
    event.preventDefault();
    form.elements.rules.focus();
  });

  // Explanations. All text goes into text nodes.

  function add(parent, name, text, kind) {
    const element = parent.appendChild(document.createElement(name));
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  const text = (index) => details.texts[index];
  const KINDS = { "✓": "met", "✗": "unmet", "?": "unknown" };

  function addParts(parent, parts) {
    const list = add(parent, "ul", undefined, "parts");
    for (const [depth, glyph, what, has] of parts) {
      const item = add(list, "li", undefined, `deep-${Math.min(depth, 3)}`);
      add(item, "span", glyph, KINDS[glyph]);
      const words = add(item, "div", `${text(what)} `);
      if (has !== null) add(words, "em", `has ${text(has)}`);
    }
  }

  function explain(button) {
    const cell = button.parentElement;
    const what = details.rows[rows.indexOf(cell.parentElement)];
    const column = cell.cellIndex - BEFORE;
    const who = details.columns[column];
    dialog.querySelector("h2").textContent = what.name;
    const body = document.createElement("div");
    for (const one of what.matches) add(body, "p", one, "patterns");
    const verdict = add(body, "p", undefined, "verdict");
    add(verdict, "span", button.getAttribute("aria-label"), `chip ${cell.className}`);
    add(verdict, "span", who.who);
    if (what.note) add(body, "p", what.note);
    const answer = details.answers[what.answers[column]];
    const example = cell.matches(".depends") ? "For example, with nothing else in the token" : "For example";
    if (answer) addAnswer(body, example, what, who, answer);
    else if (who.option === null) add(body, "p", "No token can say this: the policy has no issuers, or its role_map renames the role.");
    dialog.querySelector("article > div").replaceWith(body);
    dialog.showModal();
  }

  function addAnswer(body, example, what, who, answer) {
    add(body, "h3", example);
    add(body, "pre", `${what.request}\n${text(answer.outcome)}${answer.reason === null ? "" : `\n${text(answer.reason)}`}`);
    if (answer.parts.length > 0) {
      add(body, "h3", "The rule asks for");
      addParts(body, answer.parts);
    }
    if (answer.reply) {
      const [status, reply] = answer.reply;
      add(body, "h3", "The reply");
      add(body, "pre", `HTTP ${status}\n${text(reply)}`);
    }
    add(body, "h3", "The same on the command line");
    add(body, "pre", what.command + who.option, "command");
  }

  table.addEventListener("click", (event) => {
    const button = event.target.closest("td button");
    if (!button) return;
    if (chosen) chosen.tabIndex = -1;
    chosen = button;
    chosen.tabIndex = 0;
    explain(button);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("button")) dialog.close();
  });
  dialog.addEventListener("close", () => chosen.focus());

  choose(0, 0);
})();
