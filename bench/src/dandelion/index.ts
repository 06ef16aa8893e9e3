export { GUESSERS, scoreOf, type Guesser, type Score } from "./guess.js";
export { drawTopology, type Topology, type TopologyInput } from "./network.js";
export { exponential, seededRandom } from "./random.js";
export { simulate, type Cell, type SimulationInput } from "./simulate.js";
export { spread, type Course, type SpreadInput } from "./spread.js";
