// Runs code-server and Chromium for the tests, and does in the page what a person would do.
// usage: node driver.mjs SOCKET    It ends, with all that it started, when its standard input ends.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

const require = createRequire(import.meta.url);
const { serve } = require('../helper-extension/rpc.js');
const [socket, modules] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)('playwright-core');

// How often we look for the server's first answer, and how long its processes may take to end by themselves.
const LOOK_MS = 100;
const END_MS = 5000;

let server;
let context;
let page;
const noise = [];

const found = ({ selector, text, index = 0 }) =>
  page.locator(selector, text == null ? {} : { hasText: text }).nth(index);

/** In the page: keeps the words of every notification, for some are gone before one looks. */
function listen() {
  const said = (window.harnessSaid = []);
  new MutationObserver(() => {
    for (const each of document.querySelectorAll('.notification-list-item-message')) {
      if (each.innerText && !said.includes(each.innerText)) said.push(each.innerText);
    }
  }).observe(document, { subtree: true, childList: true });
}

/** In the page: the lens that stands right above a line of an editor, by place, for the page keeps lenses in no order. */
function lensAbove({ editor, line, text }) {
  const numbers = [...document.querySelectorAll(`${editor} .line-numbers`)];
  const top = numbers.find((each) => each.innerText === String(line + 1))?.getBoundingClientRect().top;
  for (const group of document.querySelectorAll(`${editor} .codelens-decoration`)) {
    const { bottom, height } = group.getBoundingClientRect();
    if (Math.abs(bottom - top) < height / 2) {
      return [...group.querySelectorAll('a')].find((link) => link.innerText.replaceAll('\u00a0', ' ').includes(text));
    }
  }
  return undefined;
}

async function clickLens({ timeout, ...what }) {
  const lens = (await page.evaluateHandle(lensAbove, what)).asElement();
  if (lens === null) throw new Error(`no lens “${what.text}” above line ${what.line + 1}`);
  await lens.click({ timeout });
}

const answers = async (url) => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

/** End the server's process group: politely, then not. */
async function stopServer() {
  if (server === undefined) return;
  const ended = server.exitCode === null && new Promise((resolve) => server.once('exit', resolve));
  signal('SIGTERM');
  await Promise.race([ended, pause(END_MS, undefined, { ref: false })]);
  signal('SIGKILL');
}

function signal(name) {
  try {
    process.kill(-server.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Nothing of the last window is left but Chromium's cache of what the server sent. */
async function forget(origin) {
  const blank = await context.newPage();
  await page?.close();
  const session = await context.newCDPSession(blank);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await context.clearCookies();
  page = blank;
}

const operations = {
  /** Start code-server and wait for its first answer. */
  async serve({ entry, given, env, log, url, timeout }) {
    const out = openSync(log, 'a');
    server = spawn(process.execPath, [entry, ...given], { env, detached: true, stdio: ['ignore', out, out] });
    for (const deadline = Date.now() + timeout; !(await answers(url)); await pause(LOOK_MS)) {
      if (server.exitCode !== null) throw new Error(`code-server ended with ${server.exitCode}`);
      if (Date.now() > deadline) throw new Error(`no answer from ${url}`);
    }
    return server.pid;
  },

  /** Start Chromium with a profile of its own. */
  async launch({ executable, profile, given, width, height, timeout }) {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: executable, headless: true, args: given, viewport: { width, height }, timeout,
    });
  },

  /** A window that remembers nothing of the last one. */
  async visit({ url, timeout }) {
    await forget(new URL(url).origin);
    noise.length = 0;
    page.setDefaultTimeout(timeout);
    await page.addInitScript(listen);
    page.on('pageerror', (error) => noise.push(String(error)));
    await page.goto(url, { waitUntil: 'domcontentloaded' });
  },

  /** The same window again, with what it keeps. It asks us to stay while it has not yet written unsaved text down. */
  async reload({ timeout }) {
    for (const deadline = Date.now() + timeout; ; await pause(LOOK_MS)) {
      const asked = new Promise((resolve) => page.once('dialog', (dialog) => dialog.dismiss().then(() => resolve(true))));
      const gone = page.waitForEvent('domcontentloaded', { timeout }).then(() => false);
      await page.evaluate(() => void setTimeout(() => location.reload()));
      if (!(await Promise.race([asked, gone]))) break;
      gone.catch(() => undefined);
      if (Date.now() > deadline) throw new Error('the window wants to stay');
    }
    page.removeAllListeners('dialog');
  },

  wait: ({ state, timeout, ...what }) => found(what).waitFor({ state, timeout }),
  click: ({ timeout, ...what }) => found(what).click({ timeout }),
  clickLens,
  hover: ({ timeout, ...what }) => found(what).hover({ timeout }),
  fill: ({ value, timeout, ...what }) => found(what).fill(value, { timeout }),
  focus: ({ timeout, ...what }) => found(what).focus({ timeout }),
  press: ({ key }) => page.keyboard.press(key),
  type: ({ text }) => page.keyboard.type(text),
  texts: ({ selector }) => page.locator(selector).allInnerTexts(),
  count: ({ selector }) => page.locator(selector).count(),
  shot: async ({ path }) => void (await page.screenshot({ path })),
  evaluate: ({ expression }) => page.evaluate(expression),
  errors: () => noise,
};

process.stdin.on('end', async () => {
  await context?.close();
  await stopServer();
  process.exit(0);
});
process.stdin.resume();
await serve(socket, operations);
