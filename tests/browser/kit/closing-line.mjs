// The very last line of a run, in the one form that every reader of test
// output knows: `N passed, N failed`.
export default class ClosingLine {
  #root;

  onBegin(_config, root) {
    this.#root = root;
  }

  printsToStdio() {
    return false;
  }

  // `onExit` comes after every other reporter has said what it says.
  async onExit() {
    const outcomes = this.#root.allTests().map((test) => test.outcome());
    const count = (outcome) => outcomes.filter((each) => each === outcome).length;
    const passed = count('expected') + count('flaky');
    const skipped = count('skipped');
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${passed} passed, ${count('unexpected')} failed${tail}`);
  }
}
