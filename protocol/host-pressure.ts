/** How busy the host itself is. */
export interface HostPressure {
  /** PSI `some avg10` of cpu and io in percent (Documentation/accounting/psi.rst); undefined without PSI. */
  readonly cpuSome_percent: number | undefined;
  readonly ioSome_percent: number | undefined;
  /** One-minute load divided by cores. */
  readonly loadPerCore: number;
  readonly memoryAvailable_bytes: number;
  readonly memoryTotal_bytes: number;
  /** Battery charge in percent when the host runs on battery, else undefined. */
  readonly battery_percent: number | undefined;
}
