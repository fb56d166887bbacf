// Chromium for browser.py: takes a line of JSON for each call and gives a line of JSON for each answer.
// usage: node driver.js FOLDER CHROMIUM, where FOLDER/node_modules holds playwright-core and axe-core
//
// {"on": 3, "call": "keyboard.press", "with": ["Tab"]} calls a method of what was handed out as {"handle": 3}; in
// "with", {"handle": 4} stands for such a thing. Nothing is called at the same time as another.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const [folder, executablePath] = process.argv.slice(2);
const modules = path.join(folder, 'node_modules');
const { chromium } = require(path.join(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const PATIENCE = 60000; // milliseconds for any one thing
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

const things = [];

function keep(thing) {
  const known = things.indexOf(thing);
  return { handle: known >= 0 ? known : things.push(thing) - 1 };
}

// Plain data goes over as it is; bytes stay here, since they are asked for by the path of a file.
function told(value) {
  if (Buffer.isBuffer(value) || value === undefined) return { value: null };
  const isData = value === null || typeof value !== 'object' || Array.isArray(value) ||
    Object.getPrototypeOf(value) === Object.prototype;
  return isData ? { value } : keep(value);
}

function given(value) {
  return value && typeof value === 'object' && 'handle' in value ? things[value.handle] : value;
}

// What a page did that nobody sees: requests, answers, words on the console, errors.
function listen(page) {
  const seen = { requests: [], console: [] };
  page.on('request', (r) => seen.requests.push({ method: r.method(), url: r.url(), type: r.resourceType() }));
  page.on('requestfailed', (r) => seen.console.push(`failed: ${r.url()}: ${r.failure().errorText}`));
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') seen.console.push(`${m.type()}: ${m.text()}`);
  });
  page.on('pageerror', (e) => seen.console.push(`uncaught: ${e.message}`));
  page.seen = seen;
}

const here = {
  // A page in a context of its own: nothing of another page's is in it.
  async open(options) {
    if (!browser.isConnected()) await start();
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    listen(page);
    return page;
  },

  seen: (page) => page.seen,

  cookies: (page) => page.context().cookies(),

  session: (page) => page.context().newCDPSession(page),

  // The faults that axe finds, frames included: which rule, where, why.
  async axe(page, within) {
    for (const frame of page.frames()) {
      await frame.evaluate(`${axe}; axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] })`);
    }
    const options = { runOnly: { type: 'tag', values: RULES }, resultTypes: ['violations'] };
    const found = await page.evaluate(
      `axe.run(${JSON.stringify(within || null)} || document, ${JSON.stringify(options)})`);
    return found.violations.flatMap((v) => v.nodes.map((n) =>
      `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replaceAll('\n', ' ')}: ${n.html.slice(0, 200)}`));
  },
};

let browser;

async function start() {
  browser = await chromium.launch({ executablePath, args: ARGUMENTS });
}

async function answer({ on, call, with: args }) {
  const names = call.split('.');
  const method = names.pop();
  const owner = names.reduce((thing, name) => thing[name], on === null ? here : things[on]);
  if (typeof owner[method] !== 'function') throw new Error(`there is no ${call}`);
  return told(await owner[method](...args.map(given)));
}

async function main() {
  await start();
  process.stdout.write(`${JSON.stringify({ value: browser.version() })}\n`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = await answer(JSON.parse(line)).catch((e) => ({ error: e.message }));
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
  await browser.close();
}

main().catch((e) => {
  process.stderr.write(`${e.stack}\n`);
  process.exit(1);
});
