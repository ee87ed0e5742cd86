export type { GatewayClient } from "./access/clients.js";
export { createGateway, type Gateway } from "./create-gateway.js";
export type { GatewayOptions } from "./gateway-options.js";
export type { GatewayLogger } from "./log/gateway-logger.js";
export type { PictureLimits } from "./pictures/picture-store.js";
export type { CheckBody } from "./routes/check-body.js";
export type { QuotaBody } from "./routes/quota-body.js";
export { type GatewayServer, type ListenOptions, listen } from "./server/listen.js";
