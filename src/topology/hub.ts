import type { Subscriber, TeardownLogic } from 'rxjs';

/** Typed as a method is, so that a stream of orders is also a stream of unknown values: nobody emits from outside. */
type Sink<T> = { next(value: T): void }['next'];

/**
 * Where one node's values go: to each sink in the order in which the sinks were added, synchronously, depth first. An
 * error of a sink passes up to whoever emitted (RxJS would report it later, when the record is long committed), so
 * operators connect plain functions; RxJS subscribers from outside are sinks like any other.
 */
export class Hub<T> {
  #sinks: Sink<T>[] = [];

  add(sink: Sink<T>): void {
    this.#sinks.push(sink);
  }

  /** Adds one that is called before all others. */
  addFirst(sink: Sink<T>): void {
    this.#sinks.unshift(sink);
  }

  subscribe(subscriber: Subscriber<T>): TeardownLogic {
    const sink = (value: T): void => subscriber.next(value);
    this.add(sink);
    return () => {
      this.#sinks = this.#sinks.filter((other) => other !== sink);
    };
  }

  emit(value: T): void {
    const sinks = this.#sinks;
    for (let i = 0; i < sinks.length; i++) sinks[i]?.(value);
  }
}
