/** Answers the requests for one path. */
export type Route = (request: Request) => Response | Promise<Response>;
