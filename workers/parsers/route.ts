/** How a route delivers what it matches, in osquery's words; `other` is a refusal or a multicast route. */
export type RouteType = 'gateway' | 'local' | 'broadcast' | 'anycast' | 'other';

/** A route as the lists in /proc/net give it. */
export interface Route {
  readonly destination: string;
  /** Leading bits of the destination that must match, 0 to 32 or 128. */
  readonly prefixLength: number;
  /** Empty for a destination on the link itself. */
  readonly gateway: string;
  /** Empty where packets are refused without an interface. */
  readonly interface: string;
  /** Among routes to the same destination the lowest is taken. */
  readonly metric: number;
  readonly type: RouteType;
}

/** Flags of both lists (linux/route.h). */
export const routeFlag = { gateway: 0x2, reject: 0x200 } as const;
