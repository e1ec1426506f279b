import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { failure, isMillraceError } from '../../errors.ts';

export interface RegistryClientOptions {
  /** `http://host:8081`, perhaps with a path; user and password may be in it. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** Sent as a bearer token. */
  readonly token?: string;
  /** For TLS settings: an `https.Agent` with its certificates. */
  readonly agent?: Agent;
  /** How long one request may take. Default 10 000. */
  readonly timeoutMs?: number;
  /** How often a request is tried where the registry does not answer. Default 6, over about 3 seconds. */
  readonly attempts?: number;
}

/** One call of the API; `404` is an answer, all other refusals are errors. */
export type Call = (api: SchemaRegistry['api']) => Promise<{ data(): unknown }>;

const FIRST_DELAY_MS = 100;

/** The registry's HTTP API, with retries. */
export class RegistryClient {
  /** Without credentials: for messages. */
  readonly url: string;
  readonly #api: SchemaRegistry['api'];
  readonly #attempts: number;

  constructor(options: RegistryClientOptions) {
    const { url, auth } = splitUrl(options.url);
    this.url = url;
    this.#attempts = options.attempts ?? 6;
    const client = new SchemaRegistry({
      host: url,
      // It retries only GET, so that it is done here for all.
      retry: { retries: 0 },
      middlewares: [headers(options)],
      ...definedOnly({ auth: options.auth ?? auth, agent: options.agent }),
    });
    // Private in its type, but the whole of the HTTP API. The public methods refuse schemas without a name, fail where
    // a subject has its own compatibility, and lose logical types.
    this.#api = client['api'];
  }

  /** Undefined where the registry has no such thing. Throws REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_FOREIGN. */
  async call(what: string, call: Call): Promise<object | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#answer(what, (await call(this.#api)).data());
      } catch (error) {
        if (isMillraceError(error)) throw error;
        const { status, reason } = refusalOf(error);
        if (status === 404) return undefined;
        if (!isPassing(status)) throw failure('REGISTRY_REFUSED', { url: this.url, what, status, reason }, error);
        if (attempt >= this.#attempts) throw this.#unreachable(reason, error);
      }
      // Jitter, so that workers that start together do not call together.
      await sleep(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
    }
  }

  /** The error for a server that answers, but not as a registry does. */
  foreign(what: string): Error {
    return failure('REGISTRY_FOREIGN', { url: this.url, what });
  }

  /** Every answer of the API is an object or a list as JSON; anything else is the page of another server. */
  #answer(what: string, data: unknown): object {
    if (typeof data === 'object' && data !== null) return data;
    throw this.foreign(what);
  }

  #unreachable(reason: string, error: unknown): Error {
    return failure('REGISTRY_UNREACHABLE', { url: this.url, reason, attempts: this.#attempts }, error);
  }
}

/** Status 0 is no answer at all. */
function isPassing(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** The client hands a failed connection on as status 400, with this text in the place of the registry's. */
const NO_ANSWER = /^\S+ - Error, status 400(?:: )?/;

function refusalOf(error: unknown): { status: number; reason: string } {
  if (!(error instanceof Error && 'status' in error && typeof error.status === 'number')) throw error;
  const { message, status } = error;
  if (status === 400 && NO_ANSWER.test(message))
    return { status: 0, reason: message.replace(NO_ANSWER, '') || 'no connection' };
  return { status, reason: message.replace(/^\S+ - /, '') };
}

interface Headed {
  enhance(extras: object): Headed;
}

/** A middleware that adds to every request. The types of middlewares are those of a package that is not ours to import. */
function headers({ token, timeoutMs = 10_000 }: RegistryClientOptions): never {
  const authorization = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  const extras = { timeout: timeoutMs, ...authorization };
  const prepareRequest = (next: () => Promise<Headed>): Promise<Headed> =>
    next().then((request) => request.enhance(extras));
  return (() => ({ prepareRequest })) as never;
}

function splitUrl(text: string): { url: string; auth?: { username: string; password: string } } {
  // `localhost:8081` parses too, as a URL of the protocol `localhost:`.
  if (!/^https?:/i.test(text) || !URL.canParse(text))
    throw failure('SETTING_INVALID', { problems: `'${text}' is not the URL of a schema registry` });
  const url = new URL(text);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  const bare = url.href.replace(/\/+$/, '');
  return username === '' ? { url: bare } : { url: bare, auth: { username, password } };
}

function definedOnly<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Only what is undefined is left out.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
