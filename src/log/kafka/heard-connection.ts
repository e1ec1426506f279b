import { Connection, type ConnectionOptions, type Reader, type Writer } from '@platformatic/kafka';
import type { Contact } from './contact.ts';

type Parser<T> = (correlation: number, api: number, version: number, reader: Reader) => T | Promise<T>;

/** A connection that notes what is asked and what is answered. */
export class HeardConnection extends Connection {
  readonly #contact: Contact;

  constructor(contact: Contact, clientId: string, options: ConnectionOptions) {
    super(clientId, options);
    this.#contact = contact;
  }

  override send<T>(
    api: number,
    version: number,
    payload: () => Writer | Promise<Writer>,
    parser: Parser<T>,
    requestTags: boolean,
    responseTags: boolean,
    callback: (error: Error | null, answer?: T) => void,
  ): void {
    this.#contact.asked();
    const heard: Parser<T> = (...answer) => {
      this.#contact.answered();
      return parser(...answer);
    };
    super.send(api, version, payload, heard, requestTags, responseTags, callback);
  }
}
