/// The script of a report: figures under the pointer, and players that switch between tracks at the same sample.
enum ReportScript {
    static let text = """
        "use strict";
        document.documentElement.classList.add("script");

        function text(value) {
          if (value === null || value === undefined) return "not finite";
          const size = Math.abs(value);
          return size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(3) : String(+value.toPrecision(5));
        }

        function nearest(values, target) {
          let low = 0, high = values.length - 1;
          while (high - low > 1) {
            const middle = (low + high) >> 1;
            if (values[middle] <= target) low = middle; else high = middle;
          }
          return Math.abs(values[low] - target) <= Math.abs(values[high] - target) ? low : high;
        }

        for (const figure of document.querySelectorAll("figure.curve")) {
          const svg = figure.querySelector("svg"), tip = figure.querySelector(".tip");
          const cursor = figure.querySelector(".cursor");
          const data = JSON.parse(figure.querySelector("script").textContent);
          const [left, right, top, bottom, first, last] = data.frame;
          function leave() { tip.hidden = true; cursor.setAttribute("visibility", "hidden"); }
          svg.addEventListener("pointerleave", leave);
          svg.addEventListener("pointermove", event => {
            const box = svg.getBoundingClientRect();
            const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
            if (x < left || x > right) return leave();
            const step = first + (x - left) / (right - left) * (last - first);
            tip.replaceChildren();
            let shown = null;
            data.lines.forEach((line, index) => {
              if (!line.x.length) return;
              const place = nearest(line.x, step);
              if (shown === null || Math.abs(line.x[place] - step) < Math.abs(shown - step)) shown = line.x[place];
              const row = document.createElement("span");
              row.className = "key c" + index % 6;
              let figures = text(line.y[place]);
              if (line.band) figures += " [" + text(line.low[place]) + ", " + text(line.high[place]) + "], n " + line.n[place];
              else if (line.low[place] !== line.high[place]) figures += " (" + text(line.low[place]) + " to " + text(line.high[place]) + ")";
              row.textContent = line.name + "  " + figures;
              tip.append(row);
            });
            if (shown === null) return leave();
            const head = document.createElement("b");
            head.textContent = "step " + Math.round(shown);
            tip.prepend(head);
            const column = last > first ? left + (shown - first) / (last - first) * (right - left) : (left + right) / 2;
            cursor.setAttribute("x1", column);
            cursor.setAttribute("x2", column);
            cursor.setAttribute("visibility", "visible");
            tip.hidden = false;
            const half = box.left + box.width / 2, frame = figure.getBoundingClientRect();
            tip.style.top = (event.clientY - frame.top + 14) + "px";
            if (event.clientX > half) { tip.style.left = ""; tip.style.right = (frame.right - event.clientX + 14) + "px"; }
            else { tip.style.right = ""; tip.style.left = (event.clientX - frame.left + 14) + "px"; }
          });
        }

        const contexts = {};
        let playing = null;

        function context(rate) {
          if (!contexts[rate]) {
            // At the files' own rate nothing is resampled; some systems refuse unusual rates.
            try { contexts[rate] = new AudioContext({ sampleRate: rate }); } catch { contexts[rate] = new AudioContext(); }
          }
          return contexts[rate];
        }

        function bytes(address) {
          const raw = atob(address.slice(address.indexOf(",") + 1));
          const result = new Uint8Array(raw.length);
          for (let i = 0; i < raw.length; i++) result[i] = raw.charCodeAt(i);
          return result.buffer;
        }

        class Player {
          constructor(element) {
            this.element = element;
            this.seconds = Number(element.dataset.seconds);
            this.rate = Number(element.dataset.rate);
            this.tracks = [...element.querySelectorAll("button.track")];
            this.play = element.querySelector("button.play");
            this.line = element.querySelector(".time i");
            this.output = element.querySelector("output");
            this.active = 1;
            this.place = 0;
            this.sources = [];
            this.tracks.forEach((button, index) => button.addEventListener("click", () => this.choose(index)));
            this.play.addEventListener("click", () => this.toggle());
            const time = element.querySelector(".time");
            time.addEventListener("click", event => {
              const box = time.getBoundingClientRect();
              this.seek((event.clientX - box.left) / box.width * this.seconds);
            });
            element.addEventListener("keydown", event => {
              if (event.key === " " && event.target === element) { event.preventDefault(); this.toggle(); }
              const index = Number(event.key) - 1;
              if (Number.isInteger(index) && index >= 0 && index < this.tracks.length) this.choose(index);
            });
            this.show();
          }

          async load() {
            if (this.buffers) return;
            const audio = context(this.rate);
            const files = [...this.element.querySelectorAll("audio")];
            this.buffers = await Promise.all(files.map(file => audio.decodeAudioData(bytes(file.src))));
          }

          now() {
            return this.sources.length ? this.begin + context(this.rate).currentTime - this.started : this.place;
          }

          async toggle() {
            if (this.sources.length) { this.place = this.now(); this.stop(); return; }
            if (this.busy) return;
            this.busy = true;
            this.play.textContent = "loading";
            try {
              await this.load();
              await context(this.rate).resume();
              if (this.place >= this.seconds) this.place = 0;
              this.start();
            } catch (error) { this.output.textContent = String(error); this.play.textContent = "play"; }
            this.busy = false;
          }

          start() {
            if (playing && playing !== this) { playing.place = playing.now(); playing.stop(); }
            playing = this;
            const audio = context(this.rate);
            this.begin = this.place;
            this.started = audio.currentTime + 0.05;
            // All tracks start at one instant of the audio clock and stay aligned; switching only changes gains.
            this.gains = this.buffers.map((buffer, index) => {
              const source = audio.createBufferSource(), gain = audio.createGain();
              source.buffer = buffer;
              gain.gain.value = index === this.active ? 1 : 0;
              source.connect(gain).connect(audio.destination);
              source.start(this.started, Math.min(this.begin, buffer.duration));
              this.sources.push(source);
              return gain;
            });
            this.play.textContent = "pause";
            this.tick();
          }

          stop() {
            for (const source of this.sources) source.stop();
            this.sources = [];
            this.play.textContent = "play";
            this.show();
          }

          choose(index) {
            this.active = index;
            if (this.sources.length) {
              const time = context(this.rate).currentTime;
              this.gains.forEach((gain, track) => {
                gain.gain.cancelScheduledValues(time);
                gain.gain.setValueAtTime(gain.gain.value, time);
                // Five milliseconds keep the switch from clicking.
                gain.gain.linearRampToValueAtTime(track === index ? 1 : 0, time + 0.005);
              });
            }
            this.show();
          }

          seek(place) {
            const isPlaying = this.sources.length > 0;
            if (isPlaying) this.stop();
            this.place = Math.max(0, Math.min(this.seconds, place));
            if (isPlaying) this.start(); else this.show();
          }

          tick() {
            if (!this.sources.length) return;
            if (this.now() >= this.seconds) { this.place = 0; this.stop(); return; }
            this.show();
            requestAnimationFrame(() => this.tick());
          }

          show() {
            const place = Math.max(0, Math.min(this.seconds, this.now()));
            this.line.style.left = (this.seconds ? 100 * place / this.seconds : 0) + "%";
            this.output.textContent = place.toFixed(2) + " / " + this.seconds.toFixed(2) + " s";
            this.tracks.forEach((button, index) => button.setAttribute("aria-pressed", index === this.active));
          }
        }

        for (const element of document.querySelectorAll("article.listen")) new Player(element);
        """
}
