import { STATUS_CODES, type Server, type ServerResponse } from "node:http";

/** What Node's HTTP parser gives up with, and the status that says so; anything else is 400. */
const STATUS_OF: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what never gets as far as the application with `{"message"}` too: clients read every error as JSON. */
export function answerBrokenRequests(server: Server): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = STATUS_OF[error.code ?? ""] ?? 400;
    const body = bodyOf(status);
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  server.on("checkExpectation", (_request, response: ServerResponse) => {
    const body = bodyOf(417);
    response
      .writeHead(417, { "content-type": "application/json; charset=utf-8", "content-length": body.length })
      .end(body);
  });
}

function bodyOf(status: number): string {
  return JSON.stringify({ message: `the request cannot be read: ${STATUS_CODES[status]}` });
}
