/** What a chat node asks the store. The store is the one place of shared state. */
export interface Message {
  readonly id: number;
  readonly author: string;
  /** A group's number, or 0 for a message to one person. */
  readonly group: number;
  readonly to: string;
  readonly text: string;
  readonly at: number;
}

export interface Person {
  readonly user: string;
  readonly name: string;
  readonly about: string;
}

/** A message on its way to everybody who is connected to any node. */
export interface Delivery {
  readonly message: Message;
  readonly readers: readonly string[];
}

export type ChatStore = {
  signUp(ask: { user: string; password: string; name: string }): void;
  logIn(ask: { user: string; password: string }): string;
  logOut(ask: { session: string }): void;
  userOf(ask: { session: string }): string;
  person(ask: { user: string }): Person;
  changeProfile(ask: Person): void;
  people(ask: { name: string; after: number }): { id: number; user: string; name: string; about: string }[];
  befriend(ask: { user: string; friend: string }): void;
  friends(ask: { user: string }): Person[];
  addGroup(ask: { user: string; title: string }): number;
  joinGroup(ask: { user: string; group: number }): void;
  groups(ask: { user: string }): { id: number; title: string; members: number }[];
  post(ask: { author: string; group: number; to: string; text: string }): Message;
  messages(ask: { user: string; group: number; with: string; after: number }): Message[];
  /** All that reached this person after a message (none after 0): what a connection that broke has missed. */
  since(ask: { user: string; id: number }): { latest: number; missed: Message[] };
  search(ask: { q: string }): Promise<Record<string, string | number | null>[]>;
  saveAttachment(ask: { user: string; file: string; base64: string; note: string }): void;
  attachment(ask: { file: string }): string;
};
