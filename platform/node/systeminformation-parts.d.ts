/** Two files of systeminformation, which has types for the whole alone; see its documentation of `mem` and `battery`. */
declare module 'systeminformation/lib/memory.js' {
  import type { Systeminformation } from 'systeminformation';

  const memory: { readonly mem: () => Promise<Systeminformation.MemData> };
  export default memory;
}

declare module 'systeminformation/lib/battery.js' {
  import type { Systeminformation } from 'systeminformation';

  /** The module is the function. */
  const battery: () => Promise<Systeminformation.BatteryData>;
  export default battery;
}
