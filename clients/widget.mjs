// A visitor of a website: a real browser without a window.
//
// config: executable (of Chromium), url (of the page with the widget)
// says: {open: true}, {done: command} after each command, {problem: text} for what the page complains of
// obeys: {open}, {email}, {write}, {attach: [name, text]}, {sees: text}, {typing}, {reload}, {direct: url}, {does: script},
//        {said: true} answered by {said: [texts]}, {asks: script} and {asks_frame: script} answered by {answer: value},
//        {until: script} and {until_frame: script}, {click: selector} in the frame, {press: key}, {types: words},
//        {scroll: true} to the first message, {tab: url} for another page beside it, {turn: number} to a page, {quit}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { config, obey, say } from "./lines.mjs";

const profile = mkdtempSync(join(tmpdir(), "visitor-"));
process.on("exit", () => rmSync(profile, { recursive: true, force: true }));

const browser = await chromium.launchPersistentContext(profile, {
  executablePath: config.executable,
  headless: true,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
  viewport: config.viewport ?? { width: 900, height: 760 },
});
const listen = (page) => {
  page.on("pageerror", (error) => say({ problem: String(error) }));
  page.on("dialog", (dialog) => say({ problem: `a dialog: ${dialog.message()}` }));
  page.on("console", (line) => {
    // That a request failed is said by whoever made it, or tried again.
    if (line.type() === "error" && !/Failed to load resource|WebSocket connection/.test(line.text())) say({ problem: line.text() });
  });
  return page;
};
let page = listen(browser.pages()[0] ?? (await browser.newPage()));
await page.goto(config.url);

let direct = false;
const chat = () => (direct ? page : page.frameLocator(".sb-frame"));
const frame = () => page.frames().find((it) => it.url().includes("/widget?"));

// As the debugger does: whatever the page's policy allows.
async function run(expression) {
  const debug = await browser.newCDPSession(page);
  const { result, exceptionDetails } = await debug.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  await debug.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

// A page that is just being loaded anew answers nothing.
async function until(ask, patience = 60000) {
  for (const end = Date.now() + patience; ; await new Promise((done) => setTimeout(done, 50))) {
    if (await ask().catch(() => false)) return;
    if (Date.now() > end) throw new Error("it never was so");
  }
}

const commands = {
  async open() {
    await page.locator(".sb-bubble").click();
    await chat().locator("#talk").waitFor();
  },
  async email(address) {
    await chat().locator("#email").fill(address);
    await chat().locator("#who .solid").click();
    await chat().locator("#text").waitFor();
  },
  async skip() {
    await chat().locator("#skip").click();
  },
  async write(words) {
    await chat().locator("#text").fill(words);
    await chat().locator("#text").press("Enter");
  },
  async attach([name, text]) {
    await chat().locator("#file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  },
  async sees(words) {
    await chat().locator(".said:not(.waiting)", { hasText: words }).first().waitFor({ timeout: 60000 });
  },
  async sees_typing() {
    await chat().locator("#typing.on").waitFor();
  },
  async sees_team() {
    await chat().locator('#team[data-here="true"]').waitFor({ timeout: 60000 });
  },
  async reload() {
    await page.reload();
  },
  async direct(url) {
    direct = true;
    await page.goto(url);
    await chat().locator("#talk").waitFor();
  },
  async does(script) {
    await run(script);
  },
  async asks(script) {
    say({ answer: (await run(script)) ?? null });
  },
  async asks_frame(script) {
    say({ answer: (await frame().evaluate(script)) ?? null });
  },
  async until(script) {
    await until(() => run(script));
  },
  async until_frame(script) {
    await until(async () => frame()?.evaluate(script));
  },
  async click(selector) {
    await chat().locator(selector).first().click();
  },
  async press(key) {
    await page.keyboard.press(key);
  },
  async types(words) {
    await page.keyboard.type(words);
  },
  async scroll() {
    await chat().locator("#talk").evaluate((it) => { it.scrollTop = 0; });
  },
  async tab(url) {
    page = listen(await browser.newPage());
    await page.goto(url);
  },
  async turn(number) {
    page = browser.pages()[number];
    await page.bringToFront();
  },
  async said() {
    say({ said: await chat().locator(".said").allTextContents() });
  },
  async picture(path) {
    await page.screenshot({ path });
  },
};

// One after the other, as a person does.
let turn = Promise.resolve();
const inTurn = (name) => (argument) => {
  turn = turn.then(() => commands[name](argument)).then(
    () => say({ done: name }),
    (error) => say({ problem: `${name}: ${error}` }),
  );
};
obey(Object.fromEntries(Object.keys(commands).map((name) => [name, inTurn(name)])));
say({ open: true });
