// `node --import`: makes the doubles of HarmonyOS's kits and uni-app's project importable.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
