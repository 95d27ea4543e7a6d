# The release fills in what stands between @s.
class Hawser < Formula
  desc "Connect people, programs and AI agents to AWS"
  homepage "https://github.com/hawser/hawser"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/hawser/hawser/releases/download/@TAG@/hawser_@TAG@_darwin_arm64.tar.gz"
      sha256 "@SHA256_darwin_arm64@"
    end
    on_intel do
      url "https://github.com/hawser/hawser/releases/download/@TAG@/hawser_@TAG@_darwin_amd64.tar.gz"
      sha256 "@SHA256_darwin_amd64@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/hawser/hawser/releases/download/@TAG@/hawser_@TAG@_linux_arm64.tar.gz"
      sha256 "@SHA256_linux_arm64@"
    end
    on_intel do
      url "https://github.com/hawser/hawser/releases/download/@TAG@/hawser_@TAG@_linux_amd64.tar.gz"
      sha256 "@SHA256_linux_amd64@"
    end
  end

  def install
    bin.install "hawser"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/hawser.bash" => "hawser"
    zsh_completion.install "completions/hawser.zsh" => "_hawser"
    fish_completion.install "completions/hawser.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/hawser --version")
  end
end
