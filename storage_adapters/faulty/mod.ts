export { type FaultPlan, type FaultRule, faulty, type FaultyOperation, type FaultyStorage } from "./faulty.ts";
