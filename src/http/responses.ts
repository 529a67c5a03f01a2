/** An error as Go's `http.Error` writes it: plain text that ends with a line feed. */
export function plainError(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", ...headers },
  });
}

/** The answer to a method other than GET. */
export function methodNotAllowed(): Response {
  return plainError(405, "Method Not Allowed", { allow: "GET" });
}

/** The answer to a path that is not served. */
export function notFound(): Response {
  return plainError(404, "404 page not found");
}
