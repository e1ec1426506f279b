import type { Click } from '../topologies/schemas/click.ts';
import { oneOf, textOf, timeOf } from './shop-fields.ts';
import { parseShopLine } from './shop-json.ts';

/**
 * A page view or a click, from a shop's JSON line: session_id, user_id, kind, page, product_id (may be null or missing),
 * timestamp. Throws EVENT_INVALID.
 */
export function parseClick(line: string): Click {
  const click = parseShopLine(line);
  const hasProduct = (click.fields['product_id'] ?? null) !== null;
  return {
    session_id: textOf(click, 'session_id'),
    user_id: textOf(click, 'user_id'),
    kind: oneOf(click, 'kind', ['VIEW', 'CLICK']),
    page: textOf(click, 'page'),
    product_id: hasProduct ? textOf(click, 'product_id') : null,
    timestamp: timeOf(click, 'timestamp'),
  };
}
