// The one way to the service: requests with the key, problems as the service words them, and what
// may be repeated without doing it twice.

import { key } from './session.js';

export const TRIES = 4;
const FIRST_WAIT_MS = 500;

// Set by who can ask for a key: resolves to true once there is a new one.
let renew = async () => false;
export function onExpired(asker) { renew = asker; }

// A problem document (RFC 9457), or a stand-in where none came.
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? document.title ?? '');
    this.status = status;
    this.code = document.code ?? '';
    this.title = document.title ?? '';
    this.errors = document.errors ?? [];
    this.requestId = document.request_id ?? null;
  }

  // Nobody can say whether it was done: repeating the same request with the same key settles it.
  get isUnknown() { return this.code === 'outcome-unknown' || this.code === 'unreachable'; }
}

async function readProblem(got) {
  try {
    return new Problem(got.status, await got.json());
  } catch {
    return new Problem(got.status, { title: got.statusText });
  }
}

async function once(method, path, { body, etag, idempotencyKey, accept, signal, as }) {
  const headers = { Accept: accept ?? 'application/json' };
  const bearer = as ?? key();
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (etag) headers['If-Match'] = etag;
  if (idempotencyKey && method !== 'GET') headers['Idempotency-Key'] = `"${idempotencyKey}"`;
  if (body !== undefined) headers['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  let got;
  try {
    got = await fetch(path, { method, headers, signal, cache: 'no-cache', body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (fault) {
    if (fault.name === 'AbortError') throw fault;
    throw new Problem(0, { code: 'unreachable' });
  }
  if (!got.ok) throw Object.assign(await readProblem(got), { retryAfter: Number(got.headers.get('Retry-After')) || 0 });
  return got;
}

export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// A read may be repeated; a write that bears an Idempotency-Key too, since it is applied once. What
// was surely not done may be tried again in any case.
function isRepeatable(problem, method, options) {
  if (problem.code === 'idempotency-in-flight') return true;
  if (problem.isUnknown) return method === 'GET' || Boolean(options.idempotencyKey);
  return problem.status === 503;
}

export async function send(method, path, options = {}) {
  for (let tried = 1; ; tried++) {
    try {
      return await once(method, path, options);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401 && !options.as && !options.quick && await renew(problem)) continue;
      if (options.quick || tried >= TRIES || !isRepeatable(problem, method, options)) throw problem;
      await wait(Math.max(FIRST_WAIT_MS * 2 ** (tried - 1), Math.min(problem.retryAfter * 1000, 5000)));
    }
  }
}

export async function read(path, options = {}) {
  const got = await send('GET', path, options);
  return { doc: await got.json(), etag: got.headers.get('ETag') };
}

export async function write(method, path, options = {}) {
  const got = await send(method, path, { idempotencyKey: newIdempotencyKey(), ...options });
  return { doc: await got.json(), etag: got.headers.get('ETag'), location: got.headers.get('Location') };
}

// Every item of a collection, page by page.
export async function readAll(path) {
  const items = [];
  for (let next = path; next;) {
    const { doc } = await read(next);
    items.push(...doc.data);
    next = doc.links.next;
  }
  return items;
}

// If-Match looks at the revision alone (the contract says so), and a document of a list tells its own.
export const etagOf = (document) => `"r${document.revision}-0"`;

export function newIdempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `staff-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
