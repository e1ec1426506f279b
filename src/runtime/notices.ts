const REPEAT_MS = 60_000;

/** Passes on what is said, but not the same again within a minute: what is tried again and again fails again and again. */
export function seldom(
  say: (text: string) => void,
  now: () => number = () => performance.now(),
): (text: string) => void {
  const said = new Map<string, number>();
  return (text) => {
    const time = now();
    for (const [old, at] of said) if (time - at >= REPEAT_MS) said.delete(old);
    if (said.has(text)) return;
    said.set(text, time);
    say(text);
  };
}
