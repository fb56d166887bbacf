// Who is signed in: the key lies in this tab's session storage and nowhere else. It goes out in the
// Authorization header alone.

const KEY = 'staff.key';
let self = null; // what the key may know of itself

export const key = () => sessionStorage.getItem(KEY);
export const whoAmI = () => self;

export function may(scope) {
  return Boolean(self) && (self.scopes.includes(scope) || self.scopes.includes('admin'));
}

export function enter(text, document) {
  sessionStorage.setItem(KEY, text);
  self = document;
}

export function forget() {
  sessionStorage.removeItem(KEY);
  self = null;
}

// ---- unsent text: kept in the tab too, by what it is about, until it is sent or thrown away ----

const UNSENT = 'unsent:';

export function keep(about, content) {
  sessionStorage.setItem(UNSENT + about, JSON.stringify(content));
}

export function kept(about) {
  try {
    return JSON.parse(sessionStorage.getItem(UNSENT + about));
  } catch {
    return null;
  }
}

export function drop(about) {
  sessionStorage.removeItem(UNSENT + about);
}

export function unsent() {
  return Object.keys(sessionStorage).filter((name) => name.startsWith(UNSENT)).map((name) => name.slice(UNSENT.length));
}

export function dropAll() {
  unsent().forEach(drop);
}
