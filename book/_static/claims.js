/* What the pages do: cards, previews of references, the ledger's order and filters, folded parts, graphs.
   Everything that this script does for a pointer it does for the keyboard; without it, the pages are complete and the cards still open. */
(() => {
  "use strict";
  // a page opened from disk may not read other pages, so the search shows its results without their text
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  const root = () => window.CLAIMS_ROOT || "";
  const make = (tag, props = {}, ...children) => {
    const el = Object.assign(document.createElement(tag), props);
    el.append(...children);
    return el;
  };
  document.documentElement.style.setProperty("--claim-waiting", "hidden");  // without this script, cards say where to look
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  /* ---- mathematics that is typeset only when it comes into view ---- */

  let queue = null;
  function mathjax() {
    queue ||= new Promise((done) => {
      const look = () => (window.MathJax?.startup?.promise ? window.MathJax.startup.promise.then(done) : setTimeout(look, 30));
      look();
    });
    return queue;
  }

  function typeset(elements) {
    const fresh = elements.filter((el) => !el.dataset.typeset);
    if (!fresh.length) return Promise.resolve();
    fresh.forEach((el) => (el.dataset.typeset = "yes"));
    queue = mathjax().then(() => window.MathJax.typesetPromise(fresh)).then(() => fresh.forEach(watchWidth), (error) => console.error(error));
    return queue;
  }

  /** The page's own formulas: those in view first, the others when the page can be read. */
  async function typesetPage() {
    const rest = all(".math").filter((el) => !el.closest("[popover]"));
    const near = (el) => { const box = el.getBoundingClientRect(); return box.bottom > -200 && box.top < innerHeight + 200; };
    const first = rest.filter(near);
    await typeset(first);
    performance.mark("formulas-in-view");
    await new Promise((go) => setTimeout(go, 0));  // the view is painted before the rest, which goes at once: every part would lay the whole page out again
    await typeset([...rest.filter((el) => !first.includes(el)), ...all(".claim-tex").filter((el) => !el.closest("[popover]"))]);
    performance.mark("formulas");
    markSearched();
  }

  /* ---- what is wider than its place can be scrolled by keyboard too ---- */

  /** Reasons stand beside their lines where both have room, else under them; what is wider still is scrolled. */
  function reachable(el) {
    if (el.matches(".claim-chain")) {
      el.classList.remove("claim-stacked");
      el.classList.toggle("claim-stacked", el.scrollWidth > el.clientWidth + 1);
    }
    if (el.scrollWidth > el.clientWidth + 1) {
      el.tabIndex = 0;
      if (!el.hasAttribute("role")) {
        el.setAttribute("role", "group");
        el.setAttribute("aria-label", el.closest(".claim-eq")?.dataset.label || "mathematics");
      }
    } else if (el.tabIndex === 0 && el.getAttribute("role") === "group" && !el.classList.contains("claim-statement")) {
      el.removeAttribute("tabindex");
      el.removeAttribute("role");
      el.removeAttribute("aria-label");
    }
  }

  const widths = new ResizeObserver((entries) => entries.forEach((e) => reachable(e.target)));
  const watchWidth = (el) => el.matches("div") && widths.observe(el);

  /* ---- places on the page ---- */

  function put(box, near) {
    const gap = 6, margin = 8, wide = document.documentElement.clientWidth, high = window.innerHeight;
    const at = near.getBoundingClientRect(), size = box.getBoundingClientRect();
    const left = Math.max(margin, Math.min(at.left, wide - size.width - margin));
    const below = at.bottom + gap, above = at.top - gap - size.height, lowest = high - size.height - margin;
    const top = below <= lowest || above < margin ? Math.max(margin, Math.min(below, lowest)) : above;
    box.style.left = `${left + window.scrollX}px`;
    box.style.top = `${top + window.scrollY}px`;
  }

  /* ---- cards ---- */

  /** What a card says comes from a script beside the page, read when the first one is asked for. */
  async function fill(card) {
    if (card.dataset.filled) return;
    const said = (await load(`cards.${(window.CLAIMS_PAGE || "").replaceAll("/", ".")}`))[card.id.replace(/^card-/, "")];
    if (card.dataset.filled) return;
    card.dataset.filled = "yes";
    if (!said) return;
    card.innerHTML = said;
  }
  window.CLAIMS_FILL = () => Promise.all(all(".claim-card[popover]").map(fill));

  /** A mark at a line of a derivation opens the card where it speaks of that line. */
  function cards() {
    let asked = null;
    document.addEventListener("click", (event) => (asked = event.target.closest?.("[popovertarget]") || asked), true);
    const first = (event) => {
      const card = document.getElementById(event.target.closest?.("[popovertarget]")?.getAttribute("popovertarget"));
      if (card) fill(card);
    };
    document.addEventListener("pointerover", first);
    document.addEventListener("focusin", first);
    for (const card of all(".claim-card[popover]")) {
      card.addEventListener("toggle", async (event) => {
        const badge = document.querySelector(`.claim-badge[popovertarget="${CSS.escape(card.id)}"]`);
        badge?.setAttribute("aria-expanded", String(event.newState === "open"));
        if (event.newState !== "open") return;
        hidePreview();
        const mark = asked?.getAttribute("popovertarget") === card.id ? asked : badge;
        await fill(card);
        const line = mark?.dataset.line && card.querySelector(`li[data-line="${mark.dataset.line}"]`);
        all("li.claim-on", card).forEach((li) => li.classList.remove("claim-on"));
        line?.classList.add("claim-on");
        const settle = () => {
          if (!mark || !card.matches(":popover-open")) return;
          put(card, mark);
          if (line) card.scrollTop += line.getBoundingClientRect().top - card.getBoundingClientRect().top - card.clientHeight / 3;
        };
        settle();
        card.focus({ preventScroll: true });
        typeset(all(".claim-tex", card)).then(settle);
      });
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      const card = link?.closest(".claim-card");
      if (card && !event.defaultPrevented) card.hidePopover();
      const copy = event.target.closest?.(".claim-copy");
      if (copy) copied(copy);
    });
  }

  async function copied(button) {
    const words = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      const field = make("textarea", { value: words });
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.dataset.before ||= button.textContent;
    button.textContent = "copied";
    setTimeout(() => (button.textContent = button.dataset.before), 1500);
  }

  /* ---- previews of equations and citations ---- */

  const waiting = {};
  window.CLAIMS_ADD = (name, data) => waiting[name]?.done(data);

  function load(name) {
    waiting[name] ||= (() => {
      let done;
      const promise = new Promise((resolve) => (done = resolve));
      document.head.append(make("script", { src: `${root()}_static/claims-data/${name}.js`, onerror: () => done({}) }));
      return { promise, done };
    })();
    return waiting[name].promise;
  }

  /** What a link refers to: {file, key} of the data that describes it; null if it is an ordinary link. */
  function meant(link) {
    const target = new URL(link.href, location.href), base = new URL(root() || ".", location.href);
    if (target.protocol !== location.protocol || !target.hash || !target.pathname.startsWith(base.pathname)) return null;
    const page = decodeURIComponent(target.pathname.slice(base.pathname.length)).replace(/\.html$/, "");
    const id = decodeURIComponent(target.hash.slice(1));
    if (id.startsWith("equation-")) return { file: page.replaceAll("/", "."), key: id };
    if (window.CLAIMS?.cited?.includes(page) && /^id\d+$/.test(id)) return { file: "citations", key: `${page}#${id}` };
    return null;
  }

  function mark(badge) {
    const [words, outline, sign] = window.CLAIMS?.badges?.[badge] || [badge, "", ""];
    const chip = make("span", { className: "claim-chip" });
    chip.dataset.badge = badge;
    chip.innerHTML = `<svg class="claim-shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${outline}"/><path d="${sign}"/></svg>`;
    chip.append(make("span", { textContent: words }));
    return chip;
  }

  let preview = null, shownFor = null, timer = 0, touched = 0;

  function previewBox() {
    if (preview) return preview;
    preview = make("div", { id: "claim-preview", className: "claim-preview" });
    preview.setAttribute("popover", "manual");
    preview.setAttribute("role", "tooltip");
    preview.addEventListener("pointerenter", () => clearTimeout(timer));
    preview.addEventListener("pointerleave", () => later(hidePreview, 200));
    document.body.append(preview);
    return preview;
  }

  function later(action, ms) {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  }

  function hidePreview() {
    clearTimeout(timer);
    if (!shownFor) return;
    shownFor.removeAttribute("aria-describedby");
    shownFor = null;
    if (preview.matches(":popover-open")) preview.hidePopover();
  }

  async function showPreview(link, byTouch = false) {
    const what = meant(link);
    if (!what || shownFor === link) return;
    hidePreview();
    shownFor = link;
    const found = (await load(what.file))[what.key];
    if (!found || shownFor !== link) return;
    const box = previewBox();
    window.MathJax?.typesetClear?.([box]);
    box.replaceChildren();
    let math = null;
    if (what.file === "citations") {
      box.append(make("p", { className: "claim-source", textContent: found }));
    } else {
      const [number, label, statement, badge, summary, debt] = found;
      math = make("div", { className: "claim-tex claim-preview-math", textContent: `\\[${statement}\\]` });
      const head = make("div", { className: "claim-card-head" }, mark(badge), make("strong", { textContent: `${number ? `${number} ` : ""}${label}` }));
      box.append(head, math, make("p", { className: "claim-summary", textContent: summary }));
      box.dataset.label = label;
      if (debt) box.append(make("p", { className: "claim-debt", textContent: debt }));
    }
    if (byTouch) box.append(make("p", { className: "claim-go" }, make("a", { href: link.href, textContent: "go there" })));
    link.setAttribute("aria-describedby", box.id);
    box.style.visibility = "hidden";
    box.showPopover();
    if (math) await typeset([math]);
    if (shownFor !== link) return;
    put(box, link);
    box.style.visibility = "";
  }

  function previews() {
    const target = (event) => event.target.closest?.("a[href]");
    const fits = (link) => link && link !== shownFor && !link.classList.contains("claim-number") && !link.closest("#claim-preview, .claim-graph") && meant(link);
    document.addEventListener("pointerover", (event) => {
      const link = target(event);
      if (event.pointerType === "touch" || !link) return;
      if (link === shownFor) clearTimeout(timer);
      else if (fits(link)) later(() => showPreview(link), 120);
    });
    document.addEventListener("pointerout", (event) => {
      if (event.pointerType === "touch" || !target(event)) return;
      later(hidePreview, 250);
    });
    document.addEventListener("focusin", (event) => {
      const link = target(event);
      if (fits(link) && performance.now() - touched > 800) showPreview(link);
      else if (shownFor && link !== shownFor && !preview?.contains(event.target)) hidePreview();
    });
    document.addEventListener("focusout", (event) => target(event) === shownFor && later(hidePreview, 250));
    document.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") touched = performance.now();
      if (shownFor && !target(event) && !preview?.contains(event.target)) hidePreview();
    });
    // the first tap shows, the second goes there
    document.addEventListener("click", (event) => {
      const link = target(event);
      if (!link || performance.now() - touched > 800) return void (link && hidePreview());
      if (fits(link)) {
        event.preventDefault();
        showPreview(link, true);
      }
    }, true);
  }

  /** Escape closes one thing, what lies on top first. It is caught on its way down: Sphinx's search marks would take it. */
  function escapes() {
    addEventListener("keydown", (event) => {
      const card = document.querySelector(".claim-card:popover-open");
      if (event.key !== "Escape" || !(shownFor || card)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      shownFor ? hidePreview() : card.hidePopover();
    }, true);
  }

  /* ---- what was searched for ---- */

  // Sphinx marks before the formulas are typeset, inside of them too, and leads nowhere
  if (typeof SphinxHighlight !== "undefined") SphinxHighlight.highlightSearchWords = () => {};

  /** Places of a word in the text, formulas and code of the theme's tools left out. */
  function places(word) {
    const found = [], walk = document.createTreeWalker(document.querySelector("article") || document.body, NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const at = n.data.toLowerCase().indexOf(word);
      if (at >= 0 && !n.parentElement.closest("mjx-container, script, style, svg, button, [popover], .claim-tools, .headerlink, .highlighted")) found.push([n, at]);
    }
    return found;
  }

  /** Marks what was searched for, and leads to the first place in the prose if the address leads nowhere itself. */
  function markSearched() {
    if (document.getElementById("search-results")) return;  // it hands on what it was asked
    const address = new URL(location.href), key = "sphinx_highlight_terms";
    let asked = address.searchParams.get("highlight") || "";
    try {
      asked = localStorage.getItem(key) || asked;
      localStorage.removeItem(key);
    } catch { /* a browser that keeps nothing */ }
    for (let word of asked.toLowerCase().split(/\s+/).filter(Boolean)) {
      let found = places(word);
      for (; !found.length && word.length > 4; found = places(word)) word = word.slice(0, -1);  // the index knows stems
      for (const [node, at] of found) {
        const hit = node.splitText(at);
        hit.splitText(word.length);
        hit.replaceWith(make("span", { className: "highlighted", textContent: hit.data }));
      }
    }
    const marks = all("article .highlighted"), first = marks.find((el) => el.closest("p, li, td") && el.checkVisibility()) || marks[0];
    if (!first || address.hash) return;
    unfold(first);
    first.scrollIntoView({ block: "center" });
  }

  /* ---- ledger: order and filters ---- */

  const rowsOf = (table) => all("tbody tr", table).filter((row) => row.cells[0].tagName === "TD");

  /** A group without a row in sight is not in sight either. */
  const regroup = (table) => [...table.tBodies].forEach((body) => (body.hidden = ![...body.rows].some((row) => !row.hidden && row.cells[0].tagName === "TD")));

  /** What a cell sorts by: the number of an equation, the second of two numbers, or its text. */
  function sortKey(cell) {
    const text = cell.textContent.trim(), equation = /^(Result )?\(?(\d[\d.]*)\)? \S/.exec(text);
    if (equation) return (equation[1] || "") + equation[2].split(".").map((n) => n.padStart(5, "0")).join(".");
    return text === "–" ? -1 : /^(\d+\/)?\d+$/.test(text) ? Number(text.split("/").pop()) : text;
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", { type: "button", className: "claim-sort", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending" || (head.classList.contains("num") && head.getAttribute("aria-sort") !== "descending");
        const order = (x, y) => (typeof x === "number" && typeof y === "number" ? x - y : x < y ? -1 : x > y ? 1 : 0);
        const keyed = rowsOf(table).map((row) => [sortKey(row.cells[column]), row]);
        const rows = keyed.sort(([x], [y]) => (down ? order(y, x) : order(x, y))).map(([, row]) => row);
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        table.classList.add("claim-sorted");  // the rows of all chapters are one list now
        const size = Math.ceil(rows.length / table.tBodies.length);  // groups as before, since one out of sight is not laid out
        [...table.tBodies].forEach((body, i) => body.append(...rows.slice(i * size, (i + 1) * size)));
        regroup(table);
      });
    });
  }

  function filters(form) {
    const table = document.getElementById("book-ledger"), say = form.querySelector("output");
    const fields = all("[data-filter]", form);
    const said = (row) => ({ text: row.cells[0].textContent.toLowerCase(), chapter: row.closest("tbody").dataset.chapter, kind: row.cells[1].textContent, verdict: row.cells[2].dataset.badge });
    const rows = rowsOf(table).map((row) => [row, said(row)]);
    const apply = () => {
      let shown = 0;
      const asked = fields.filter((f) => f.value).map((f) => [f.dataset.filter, f.dataset.filter === "text" ? f.value.trim().toLowerCase() : f.value]);
      for (const [row, is] of rows) {
        const fits = asked.every(([key, value]) => (key === "text" ? is.text.includes(value) : is[key] === value));
        if (row.hidden === fits) row.hidden = !fits;
        shown += fits;
      }
      regroup(table);
      say.textContent = shown === rows.length ? `all ${rows.length} shown` : `${shown} of ${rows.length} shown`;
      const chosen = fields.filter((f) => f.value).map((f) => [f.dataset.filter, f.value]);
      if (location.protocol !== "about:") history.replaceState(null, "", chosen.length ? `#filter?${new URLSearchParams(chosen)}` : location.pathname + location.search);
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    if (location.hash.startsWith("#filter?")) {
      const wanted = new URLSearchParams(location.hash.slice(8));
      fields.forEach((f) => (f.value = wanted.get(f.dataset.filter) || ""));
    }
    if (fields.some((f) => f.value)) apply();  // of an address, or kept by the browser
    else say.textContent = `all ${rows.length} shown`;
  }

  /* ---- folded parts ---- */

  const folded = () => all("article details");

  function setAll(open) {
    folded().forEach((d) => (d.open = open));
    all("article .toggle-button").forEach((b) => b.classList.contains("toggle-button-hidden") === open && b.click());
  }

  function openAll() {
    const button = document.querySelector(".claim-open-all");
    button?.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      setAll(open);
      button.setAttribute("aria-pressed", String(open));
      button.textContent = open ? "close all folded parts" : "open all folded parts";
    });
  }

  /** On paper everything is unfolded, and dark on white whatever the screen is. */
  function printing() {
    const page = document.documentElement;
    let before = null;
    addEventListener("beforeprint", () => {
      before = { theme: page.dataset.theme, open: folded().map((d) => d.open) };
      page.dataset.theme = "light";
      folded().forEach((d) => (d.open = !d.closest(".claim-tree, .claim-asked:not([data-filled])") || d.open));
    });
    addEventListener("afterprint", () => {
      if (!before) return;
      page.dataset.theme = before.theme;
      folded().forEach((d, i) => (d.open = before.open[i]));
      before = null;
    });
  }

  /** An address may lead into a folded part. */
  function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target || target.closest("[popover]")) return;
    const own = target.querySelector(":scope > .claim-asked");
    if (own) own.open = true;
    if (unfold(target)) target.scrollIntoView();
  }

  /** Opens every fold round an element; whether one was closed. */
  function unfold(target) {
    let opened = false;
    for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) {
      opened ||= !d.open;
      d.open = true;
    }
    return opened;
  }

  /* ---- graphs: what a statement rests on and what rests on it ---- */

  function graph(svg) {
    const nodes = new Map(all(".claim-node[data-label]", svg).map((n) => [n.dataset.label, n]));
    const edges = all(".claim-edge[data-from]", svg).map((el) => ({ el, from: el.dataset.from, to: el.dataset.to }));
    const reach = (start, from, to) => {
      const seen = new Set([start]), list = [start];
      for (const one of list) for (const e of edges) if (e[from] === one && !seen.has(e[to])) (seen.add(e[to]), list.push(e[to]));
      return seen;
    };
    const show = (label) => {
      const below = reach(label, "to", "from"), above = reach(label, "from", "to");
      svg.classList.add("claim-lit");
      nodes.forEach((n, l) => n.classList.toggle("claim-on", below.has(l) || above.has(l)));
      edges.forEach((e) => e.el.classList.toggle("claim-on", (below.has(e.from) && below.has(e.to)) || (above.has(e.from) && above.has(e.to))));
    };
    const clear = () => svg.classList.remove("claim-lit");
    nodes.forEach((n, label) => {
      n.addEventListener("pointerenter", () => show(label));
      n.addEventListener("pointerleave", clear);
      n.addEventListener("focusin", () => show(label));
      n.addEventListener("focusout", clear);
    });
  }

  /** A folded part that is read from beside the page when it is opened. */
  function asked(fold) {
    fold.addEventListener("toggle", async () => {
      if (!fold.open || fold.dataset.filled) return;
      fold.dataset.filled = "yes";
      const { html } = await load(fold.dataset.part);
      if (!html) return;
      [...fold.children].slice(1).forEach((el) => el.remove());
      const box = fold.appendChild(make("div", { innerHTML: html }));
      all(".claim-graph-chapter", box).forEach(graph);
    });
  }

  /* ---- mends of the theme's pages ---- */

  function mend() {
    for (const el of all("article .math, article .claim-chain")) watchWidth(el);
    const scrolls = (from) => all("pre, .claim-scroll, .pst-scrollable-table-container", from).forEach((el) => el.scrollWidth > el.clientWidth && (el.tabIndex = 0));
    all("article").forEach(scrolls);
    for (const fold of all("article details")) fold.addEventListener("toggle", () => fold.open && scrolls(fold));
    all("article table").forEach((table) => {
      if (table.closest(".claim-scroll, .pst-scrollable-table-container, .claim-card, .claim-rows")) return;
      const box = make("div", { className: "claim-scroll", tabIndex: 0 });
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", table.caption?.textContent || "table");
      table.replaceWith(box);
      box.append(table);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    cards();
    previews();
    all(".claim-ledger").forEach(sortable);
    all(".claim-filters").forEach(filters);
    openAll();
    escapes();
    printing();
    all(".claim-graph-chapter").forEach(graph);
    all("details.claim-asked").forEach(asked);
    mend();
    typesetPage();
    addEventListener("hashchange", reveal);
    reveal();
  });
})();
