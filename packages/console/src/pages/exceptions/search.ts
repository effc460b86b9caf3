import { text } from "../../search.ts";

const views = ["active", "ended", "requests"] as const;
export type View = (typeof views)[number];
const orders = ["newest", "oldest", "ending", "soon", "unused"] as const;
export type Order = (typeof orders)[number];

/**
 * Which list is shown, of what. The order `unused` shows only those that no run has needed for 30 days, `soon` only those that end
 * within 7. `request` is the id of the only request that is shown.
 */
export function readExceptionFilter(search: Record<string, unknown>): {
  view?: View;
  order?: Order;
  pack?: string;
  stack?: string;
  request?: string;
} {
  const view = views.find((one) => one === search.view);
  const order = orders.find((one) => one === search.order);
  return { ...(view && { view }), ...(order && { order }), ...text(search, "pack", "stack", "request") };
}

export type ExceptionFilter = ReturnType<typeof readExceptionFilter>;
