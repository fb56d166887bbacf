// Reads the lines of print_words (tests/support) and names each that ICU, by the Intl of Node, would write otherwise.
import { readFileSync } from 'node:fs';

const LONG = { dateStyle: 'long', timeZone: 'UTC' };
const PERCENT = { style: 'percent', maximumFractionDigits: 1 };
const kept = new Map();

// Formatters are dear: one of a kind for each language.
function once(kind, tag, make) {
  const key = `${kind} ${tag}`;
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key);
}

const date = (tag, value) =>
  once('date', tag, () => new Intl.DateTimeFormat(tag, LONG)).format(new Date(`${value}T00:00:00Z`));

const number = (tag, value) => once('number', tag, () => new Intl.NumberFormat(tag)).format(Number(value));

const percent = (tag, value) => once('percent', tag, () => new Intl.NumberFormat(tag, PERCENT)).format(Number(value) / 100);

// All numbers of one category have the text of the first of them.
function plural(tag, value, text) {
  const category = once('plural', tag, () => new Intl.PluralRules(tag)).select(Number(value));
  const first = once(`form ${category}`, tag, () => text);
  const others = ['zero', 'one', 'two', 'few', 'many', 'other'].filter((other) => other !== category);
  const taken = others.some((other) => kept.get(`form ${other} ${tag}`) === first);
  return taken ? `a form of its own for "${category}"` : first;
}

const JUDGES = { date, number, percent, plural };
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
for (const line of lines) {
  const [kind, tag, value, text] = line.split('\t');
  const wanted = JUDGES[kind](tag, value, text);
  if (wanted !== text) console.log(`${kind} ${tag} ${value}: "${text}" and not "${wanted}"`);
}
console.log(`${lines.length} lines`);
