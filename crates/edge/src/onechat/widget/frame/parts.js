// What a message carries besides words: files, and things to choose, to fill in or to rate.

// The name of a file from its address.
function nameOf(address) {
  const last = address.split(/[?#]/)[0].split("/").pop();
  try { return decodeURIComponent(last); } catch { return last; }
}

const fileLink = (it, icon = "📎") => {
  const address = it.data_url ?? "";
  const name = it.fallback_title || nameOf(address) || say("file");
  const line = link(address, `${icon} ${name}`);
  line.classList.add("file");
  return line;
};

function attachment(it) {
  const address = addressOf(it.data_url ?? "");
  if (it.file_type === "location") {
    const at = `${it.coordinates_lat},${it.coordinates_long}`;
    const line = link(`https://www.openstreetmap.org/?mlat=${it.coordinates_lat}&mlon=${it.coordinates_long}#map=16/${at.replace(",", "/")}`, `📍 ${it.fallback_title || say("place")}`);
    line.classList.add("file");
    return line;
  }
  if (it.file_type === "contact") return element("span", { className: "file" }, `👤 ${it.fallback_title ?? ""}`);
  if (!address) return fileLink(it);
  if (it.file_type === "image") {
    const picture = element("img", { src: it.thumb_url || address, alt: nameOf(address) || say("picture"), loading: "lazy" });
    const frame = link(address, picture);
    // A picture that does not come is a file that can be asked for.
    picture.onerror = () => (picture.src === address ? frame.replaceWith(fileLink(it, "🖼")) : (picture.src = address));
    picture.onload = () => keepDown();
    return frame;
  }
  if (it.file_type === "audio" || it.file_type === "video") {
    const player = element(it.file_type, { src: address, controls: true, preload: "metadata" });
    player.onerror = () => player.replaceWith(fileLink(it));
    return player;
  }
  return fileLink(it);
}

const isAnswered = (message) => message.content_attributes?.submitted_values ?? message.content_attributes?.submitted_email;

const answer = (message, told) => call("PATCH", `messages/${message.id}`, told);
const submit = (message, values) => answer(message, { message: { submitted_values: values } });

// Something to fill in, and a place that tells when it cannot be sent.
function form(fields, send) {
  const problem = element("small", { className: "problem", hidden: true });
  problem.setAttribute("role", "alert");
  const button = element("button", { className: "solid", textContent: say("submit") });
  const it = element("form", { className: "fields" }, ...fields, problem, button);
  it.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await send(new FormData(it));
    } catch (error) {
      problem.textContent = error.status === 422 ? say("bad_email") : say("failed");
      problem.hidden = false;
      button.disabled = false;
    }
  };
  return it;
}

function field(it) {
  const name = { text_area: "textarea", select: "select" }[it.type] ?? "input";
  const box = element(name, { name: it.name ?? "", required: it.required !== false });
  if (name === "input") box.type = ["email", "number", "date", "tel"].includes(it.type) ? it.type : "text";
  if (name === "select") box.append(...(it.options ?? []).map((option) => new Option(option.label ?? option.title ?? option.value, option.value)));
  else { box.placeholder = it.placeholder ?? ""; box.value = it.default ?? ""; }
  return element("label", {}, it.label ?? it.title ?? it.name ?? "", box);
}

const FACES = ["😞", "😑", "😐", "😀", "😍"];

function rating(message) {
  let chosen = 0;
  const faces = FACES.map((face, at) => {
    const button = element("button", { type: "button", textContent: face, title: `${at + 1} / 5` });
    button.setAttribute("aria-label", `${at + 1} / 5`);
    button.setAttribute("aria-pressed", "false");
    button.onclick = () => {
      chosen = at + 1;
      faces.forEach((it, index) => it.setAttribute("aria-pressed", String(index === at)));
      words.hidden = false;
    };
    return button;
  });
  const words = form([element("label", {}, say("more"), element("textarea", { name: "words" }))], async (told) => {
    const told_by = { rating: chosen, feedback_message: told.get("words") };
    await submit(message, { csat_survey_response: told_by });
  });
  words.hidden = true;
  return [element("div", { className: "faces" }, ...faces), words];
}

// What a visitor can do with a message of its kind.
function parts(message) {
  const items = Array.isArray(message.content_attributes?.items) ? message.content_attributes.items : [];
  const answered = isAnswered(message);
  switch (message.content_type) {
    case "input_select":
      if (answered) return [];
      return [element("div", { className: "choices" }, ...items.map((item) => {
        const choice = element("button", { type: "button", textContent: item.title ?? item.value });
        choice.onclick = () => {
          choice.parentNode.remove();
          submit(message, [{ title: item.title, value: item.value }]).catch(() => {});
          post(item.title ?? item.value);
        };
        return choice;
      }))];
    case "input_email":
      if (answered) return [element("span", { className: "answered", textContent: `✓ ${message.content_attributes.submitted_email ?? ""}` })];
      return [form([field({ name: "email", type: "email", label: say("email"), placeholder: "you@example.com" })], (told) => answer(message, { contact: { email: told.get("email") } }))];
    case "form":
      if (answered) return [element("ul", { className: "answered" }, ...[answered].flat().map((it) => element("li", {}, `${it.title ?? it.name ?? ""}: ${it.value ?? ""}`)))];
      return [form(items.map(field), (told) => submit(message, items.map((it) => ({ name: it.name, title: it.label ?? it.name, value: told.get(it.name ?? "") }))))];
    case "input_csat":
      return answered ? [element("span", { className: "answered", textContent: say("thanks") })] : [element("span", {}, message.content ? "" : say("rate")), ...rating(message)];
    case "cards":
      return items.map((card) => {
        const picture = addressOf(card.media_url ?? "") && card.media_url ? [element("img", { src: card.media_url, alt: "", loading: "lazy", onerror() { this.remove(); } })] : [];
        const deeds = (card.actions ?? []).map((deed) => {
          if (deed.type === "link") return link(deed.uri ?? "", deed.text ?? "");
          const button = element("button", { type: "button", textContent: deed.text ?? "" });
          button.onclick = () => tellParent("postback", { payload: deed.payload });
          return button;
        });
        return element("div", { className: "card" }, ...picture, element("b", {}, card.title ?? ""), element("span", {}, card.description ?? ""), element("div", { className: "choices" }, ...deeds));
      });
    case "article":
      return items.map((it) => element("div", { className: "card" }, element("b", {}, link(it.link ?? "", it.title ?? "")), element("span", {}, it.description ?? "")));
    default:
      return [];
  }
}
