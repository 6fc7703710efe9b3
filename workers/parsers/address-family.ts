/** Address families as the kernel numbers them (linux/socket.h). */
export const addressFamily = { unix: 1, inet: 2, inet6: 10, packet: 17 } as const;
