// How a test and one of these programs talk: the configuration is the first argument, whatever happens is one line
// of JSON on stdout, and each line of JSON on stdin is a command `{"name": argument}`.

export const config = JSON.parse(process.argv[2]);

export function say(happened) {
  process.stdout.write(JSON.stringify(happened) + "\n");
}

// The libraries log through the console. Stdout is for our lines alone.
for (const level of ["log", "info", "debug", "warn"]) {
  console[level] = console.error;
}

/** Runs commands as they come. The program ends with `quit`, or when the test does. */
export function obey(commands) {
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      for (const [name, argument] of Object.entries(JSON.parse(line))) {
        ({ quit: () => process.exit(0), ...commands })[name](argument);
      }
    }
  });
  process.stdin.on("end", () => process.exit(0));
}
