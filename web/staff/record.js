// What the page knows of the plan: read once, and anew when asked.

import { read, readAll } from './api.js';

const known = new Map();

function once(name, reader) {
  if (!known.has(name)) known.set(name, reader().catch((fault) => { known.delete(name); throw fault; }));
  return known.get(name);
}

export const plan = () => once('plan', async () => (await read('/plan')).doc);
export const departments = () => once('departments', () => readAll('/departments?limit=500'));
export const objectives = () => once('objectives', () => readAll('/objectives?limit=500'));

export function forgetRecord() {
  known.clear();
}

// One objective with its measures and its newest update, as it stands now.
export const objective = async (code) =>
  (await read(`/objectives/${encodeURIComponent(code)}?include=latest_update,measures`)).doc;

export const updatesOf = async (code) => (await read(`/objectives/${encodeURIComponent(code)}/updates?limit=20`)).doc;

// A draft, with the ETag that its revision needs.
export const draft = (id) => read(`/updates/${encodeURIComponent(id)}?state=draft`);

export const update = async (id) => (await read(`/updates/${encodeURIComponent(id)}`)).doc;

export const queue = (department) => readAll(`/work-queue?limit=500${department ? `&department=${encodeURIComponent(department)}` : ''}`);
