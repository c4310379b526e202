// A visitor of a website: a real browser without a window.
//
// config: executable (of Chromium), url (of the page with the widget)
// says: {open: true}, {done: command} after each command, {problem: text} for what the page complains of
// obeys: {open}, {email}, {write}, {attach: [name, text]}, {sees: text}, {typing}, {reload}, {direct: url}, {does: script},
//        {said: true} answered by {said: [texts]}, {quit}

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
const page = browser.pages()[0] ?? (await browser.newPage());
page.on("pageerror", (error) => say({ problem: String(error) }));
page.on("console", (line) => {
  // That a request failed is said by whoever made it, or tried again.
  if (line.type() === "error" && !/Failed to load resource|WebSocket connection/.test(line.text())) say({ problem: line.text() });
});
await page.goto(config.url);

let direct = false;
const chat = () => (direct ? page : page.frameLocator(".sb-frame"));

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
  async types(words) {
    await chat().locator("#text").fill(words);
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
    await page.evaluate(script);
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
