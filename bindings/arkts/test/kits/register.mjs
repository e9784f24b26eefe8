// `node --import`: makes the doubles of HarmonyOS's kits importable.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
