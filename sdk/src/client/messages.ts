import { SyngraphError } from "../errors.ts";

/** Longest line and message that is read, in characters: a server that ends none shall not fill the memory. */
const LONGEST = 4 * 1024 * 1024;

/** A message of a stream, or what it says beside one. */
export interface StreamMessage {
  id?: string;
  data?: string;
  /** Milliseconds. */
  retry?: number;
}

/** Reads lines as WHATWG HTML, section 9.2.6 says, as far as it matters here. */
export async function* messagesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage, void> {
  const decoder = new TextDecoder();
  let text = "";
  let message: StreamMessage = {};
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop()!;
    if (text.length > LONGEST) throw new SyngraphError("bad_reply", 200, "the stream has a line without an end");
    for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
      if (line === "") {
        yield message;
        message = {};
        continue;
      }
      const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line)!;
      if (field === "data") {
        message.data = message.data === undefined ? value! : `${message.data}\n${value}`;
        if (message.data.length > LONGEST)
          throw new SyngraphError("bad_reply", 200, "the stream has a message too long");
      } else if (field === "id" && !value!.includes("\0")) message.id = value!;
      else if (field === "retry" && /^\d{1,9}$/.test(value!)) message.retry = Number(value);
    }
  }
}
