import type { services } from "../../proto/gen/mod.ts";
import { Code, EtcdError } from "../base/mod.ts";
import type { HandlersFor } from "../grpc/mod.ts";

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
const ServingStatus = { Serving: 1, NotServing: 2 } as const;
