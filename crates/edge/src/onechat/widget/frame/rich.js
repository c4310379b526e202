// Words as a person formatted them, as elements: whatever is in them, nothing is ever read as HTML.

// Longer texts are shown as they are, with links.
const FORMATTED_CHARS = 5000;
const INLINE = [
  ["code", /`([^`\n]+)`/],
  ["named", /\[([^\]\n]+)\]\(((?:https?:\/\/|mailto:|tel:)[^\s)]+)\)/],
  ["strong", /\*\*([^\s*][^\n]*?)\*\*/],
  ["strong", /__([^\s_][^\n]*?)__/],
  ["em", /(?:^|(?<before>[\s(]))\*([^\s*][^*\n]*)\*(?![\w*])/],
  ["em", /(?:^|(?<before>[\s(]))_([^\s_][^_\n]*)_(?![\w_])/],
  ["del", /~~([^\s~][^\n]*?)~~/],
];
const LINKS = [
  ["url", /https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]]/],
  ["mail", /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,20}/i],
];

function element(name, about = {}, ...children) {
  const it = Object.assign(document.createElement(name), about);
  it.append(...children);
  return it;
}

// An address that a link may have; nothing that runs.
function addressOf(text) {
  try {
    const url = new URL(text, location.href);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(address, ...children) {
  const href = addressOf(address);
  return href ? element("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : element("span", {}, ...children);
}

function made(kind, found, kinds) {
  switch (kind) {
    case "url": return [link(found[0], found[0])];
    case "mail": return [link(`mailto:${found[0]}`, found[0])];
    case "code": return [element("code", {}, found[1])];
    case "named": return [link(found[2], found[1])];
    case "em": return [found.groups.before ?? "", element("em", {}, ...inline(found[2], kinds))];
    default: return [element(kind, {}, ...inline(found[1], kinds))];
  }
}

// The first thing on the line that means something, then what follows it.
function inline(text, kinds) {
  const out = [];
  for (let rest = text; rest;) {
    let first = null;
    for (const [kind, pattern] of kinds) {
      const found = pattern.exec(rest);
      if (found && (!first || found.index < first.found.index)) first = { kind, found };
    }
    if (!first) { out.push(rest); break; }
    const { kind, found } = first;
    out.push(rest.slice(0, found.index), ...made(kind, found, kinds));
    rest = rest.slice(found.index + found[0].length);
  }
  return out;
}

// What a visitor wrote: as it is, with links.
function plain(text) {
  const out = element("span");
  const either = new RegExp(LINKS.map(([, pattern]) => `(${pattern.source})`).join("|"), "gi");
  let from = 0;
  for (const found of text.matchAll(either)) {
    out.append(text.slice(from, found.index), ...made(found[1] ? "url" : "mail", found, LINKS));
    from = found.index + found[0].length;
  }
  out.append(text.slice(from));
  return out;
}

// What an agent wrote: with emphasis, lists, quotations and code.
function formatted(text) {
  if (text.length > FORMATTED_CHARS) return plain(text);
  const kinds = [...INLINE, ...LINKS];
  const out = element("div", { className: "rich" });
  const lines = text.replace(/\\\n/g, "\n").replace(/\n+$/, "").split("\n");
  const take = (matches) => {
    const all = [];
    while (lines.length && matches(lines[0])) all.push(lines.shift());
    return all;
  };
  const bullet = /^\s*[-*+]\s+(?=\S)/;
  const number = /^\s*\d{1,3}[.)]\s+(?=\S)/;
  while (lines.length) {
    if (/^```/.test(lines[0])) {
      lines.shift();
      const code = take((it) => !/^```/.test(it));
      lines.shift();
      out.append(element("pre", {}, code.join("\n")));
    } else if (bullet.test(lines[0]) || number.test(lines[0])) {
      const mark = bullet.test(lines[0]) ? bullet : number;
      const start = Number.parseInt(lines[0], 10);
      const items = take((it) => mark.test(it)).map((it) => element("li", {}, ...inline(it.replace(mark, ""), kinds)));
      out.append(mark === bullet ? element("ul", {}, ...items) : element("ol", { start }, ...items));
    } else if (/^>/.test(lines[0])) {
      const quoted = take((it) => /^>/.test(it)).map((it) => it.replace(/^>\s?/, ""));
      out.append(element("blockquote", {}, ...inline(quoted.join(" "), kinds)));
    } else {
      const said = take((it) => !/^(```|>)/.test(it) && !bullet.test(it) && !number.test(it));
      out.append(element("span", {}, ...said.flatMap((line, at) => [at ? "\n" : "", ...inline(line, kinds)])));
    }
  }
  return out;
}
