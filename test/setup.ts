/**
 * Property tests draw the same cases in every run, so that a run that passed passes again. To explore:
 * `XORCH_PROPERTY_SEED=$RANDOM npx vitest run`.
 */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.XORCH_PROPERTY_SEED ?? 777) });
