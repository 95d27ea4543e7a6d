# The commands of docs/terminal.svg, which make recording writes from a real run of them
# against hawser sim.
hawser ec2 list --all-regions
hawser lambda get-logs checkout --since 1h --filter ERROR
hawser ec2 stop $DEMO_INSTANCE # exit code 1: the answer is no
hawser audit list --outcome refused
