/**
 * Bits of security of an RSA or finite-field key by the length of its modulus, as OpenSSL reckons
 * (NIST SP 800-56B, appendix D; the cost of the general number field sieve).
 */
export const modulusSecurityBits = (length_bits: number): number => {
  if (length_bits < 8) return 0;
  const nats = length_bits * Math.LN2;
  const cost = (1.923 * Math.cbrt(nats * Math.log(nats) ** 2) - 4.69) / Math.LN2;
  // To a multiple of 8; the known sizes of keys have what the standard's table says.
  const rounded = Math.floor((cost + 4) / 8) * 8;
  return Math.max(0, Math.min(rounded, length_bits <= 7680 ? 192 : length_bits <= 15_360 ? 256 : 1200));
};

/** The same for a key on a curve, by the length of the curve's order. */
export const curveSecurityBits = (order_bits: number): number => {
  const steps = [512, 384, 256, 224, 160] as const;
  const bits = [256, 192, 128, 112, 80] as const;
  const step = steps.findIndex((each) => order_bits >= each);
  return bits[step] ?? Math.floor(order_bits / 2);
};
