// What `npm run bench` calls, after the build.
import "./dist/main.js";
