#!/usr/bin/env node
// A file of its own, not a built one: npm links it at install, when nothing is built yet.
import "../dist/quillon.js";
