import type { LookupAddress, LookupOptions } from "node:dns";
import { createDispatchers } from "../transport/create-dispatcher.js";
import { PICTURE_HEADERS, type PictureClient, PictureFault } from "./picture-client.js";
import type { IsPublic } from "./public-address.js";

type Undici = typeof import("undici");

/** As Node's own, for all addresses of a name. */
export type LookupAll = (
  name: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What judges the addresses that are connected to. */
export interface AddressJudge {
  readonly isIP: (text: string) => number;
  readonly isPublic: IsPublic;
  readonly lookup: LookupAll;
}

const CONNECT_MS = 10_000;

/**
 * Fetches pictures on Node, where the address that a socket is connected to is known. A name says nothing: it may lead to one address
 * when it is looked at, and to another when it is connected to. So the judge stands between the name's addresses and the socket. The
 * provider's own server is reached as by its calls, through the proxies that the environment names; others are never, since a proxy
 * looks names up by itself, in a network with addresses of its own.
 */
export function createUndiciPictures(undici: Undici, judge: AddressJudge): PictureClient {
  const own = createDispatchers(undici, new Set());
  const elsewhere = new undici.Agent({ connect: judgedConnector(undici, judge) });
  return {
    async get(url, isOwn, signal) {
      const { statusCode, headers, body } = await undici.request(url, {
        dispatcher: isOwn ? own.wayTo(url).dispatcher : elsewhere,
        headers: PICTURE_HEADERS,
        signal,
        // One picture a connection: what was judged is not used again.
        reset: true,
      });
      // A failure reaches the reader of the body. After a cancellation there is none, and it would end the process.
      body.on("error", () => {});
      return {
        status: statusCode,
        header(name) {
          const value = headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
        pieces: body,
        cancel: () => void body.destroy(),
      };
    },
    async close() {
      await Promise.all([own.close(), elsewhere.destroy()]);
    },
  };
}

function judgedConnector(
  undici: Undici,
  { isIP, isPublic, lookup }: AddressJudge,
): import("undici").buildConnector.connector {
  const connect = undici.buildConnector({
    timeout: CONNECT_MS,
    lookup(name, options, callback) {
      lookup(name, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, "");
        const allowed = addresses.filter(({ address }) => isPublic(address));
        const [first] = allowed;
        if (first === undefined) return callback(notPublic(), "");
        return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
      });
    },
  });
  return (options, callback) => {
    // Of an address nothing is looked up.
    if (isIP(options.hostname) !== 0 && !isPublic(options.hostname)) return callback(notPublic(), null);
    return connect(options, (...result) => {
      const [error, socket] = result;
      if (error !== null || isPublic(socket?.remoteAddress)) return callback(...result);
      socket?.destroy();
      return callback(notPublic(), null);
    });
  };
}

function notPublic(): PictureFault {
  return new PictureFault("its address is neither public nor of the provider's own server");
}
