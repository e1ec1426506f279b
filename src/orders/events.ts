/** The events of the shop, as the schemas in `schemas/` have them. Money is whole cents, times are milliseconds. */
export interface OrderItem {
  product_id: string;
  quantity: number;
  unit_cents: number;
}

export interface OrderCreated {
  order_id: string;
  user_id: string;
  items: OrderItem[];
  total_cents: number;
  timestamp: number;
}

export interface PaymentReceived {
  payment_id: string;
  order_id: string;
  amount_cents: number;
  method: string;
  timestamp: number;
}

export type ShipmentStatus = 'SHIPPED' | 'DELIVERED';

export interface ShipmentUpdated {
  order_id: string;
  status: ShipmentStatus;
  timestamp: number;
}

export interface OrderCancelled {
  order_id: string;
  reason: string;
  timestamp: number;
}

export type ClickKind = 'VIEW' | 'CLICK';

/** A page view, or a click on it. */
export interface Click {
  session_id: string;
  user_id: string;
  kind: ClickKind;
  page: string;
  /** The product that the page shows, if it shows one. */
  product_id: string | null;
  timestamp: number;
}

/** Which event each topic holds. */
export interface ShopTopics {
  orders: OrderCreated;
  payments: PaymentReceived;
  shipments: ShipmentUpdated;
  cancellations: OrderCancelled;
  clicks: Click;
}

export type ShopTopic = keyof ShopTopics;
